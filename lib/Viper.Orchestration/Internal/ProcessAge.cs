using System.Globalization;
using Viper.Hypervisor;

namespace Viper.Orchestration.Internal;

/// <summary>How long a process runs, by the kernel's clock since boot, which nobody sets.</summary>
internal static class ProcessAge
{
    // USER_HZ, in which /proc tells times (proc(5)); 100 on every architecture that Viper runs on.
    private const double TicksPerSecond = 100;

    public static TimeSpan Of(ProcessIdentity process)
    {
        string uptime = File.ReadAllText("/proc/uptime");
        double now = double.Parse(uptime.AsSpan(0, uptime.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(Math.Max(0, now - (process.StartTicks / TicksPerSecond)));
    }
}

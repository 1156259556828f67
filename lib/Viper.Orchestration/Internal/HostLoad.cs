using System.Globalization;

namespace Viper.Orchestration.Internal;

/// <summary>How busy the host is, from /proc (proc(5)).</summary>
internal static class HostLoad
{
    /// <summary>The share of processor time since boot that was not idle, 0 to 100.</summary>
    public static double CpuPercent()
    {
        // cpu  user nice system idle iowait irq softirq steal ...
        string[] fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double[] ticks = [.. fields.Skip(1).Take(8).Select(static f => double.Parse(f, CultureInfo.InvariantCulture))];
        double total = ticks.Sum();
        double idle = ticks.ElementAtOrDefault(3) + ticks.ElementAtOrDefault(4);
        return total <= 0 ? 0 : Math.Round(100 * (total - idle) / total, 1);
    }

    /// <summary>The share of memory that is not available, 0 to 100.</summary>
    public static double MemoryPercent()
    {
        (double total, double available) = MemoryKibibytes();
        return total <= 0 ? 0 : Math.Round(100 * (total - available) / total, 1);
    }

    /// <summary>The host's memory and what of it could be had, in KiB.</summary>
    public static (double Total, double Available) MemoryKibibytes()
    {
        double total = 0;
        double available = 0;
        foreach (string line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal))
            {
                total = Kibibytes(line);
            }
            else if (line.StartsWith("MemAvailable:", StringComparison.Ordinal))
            {
                available = Kibibytes(line);
                break;
            }
        }

        return (total, available);
    }

    private static double Kibibytes(string line) =>
        double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}

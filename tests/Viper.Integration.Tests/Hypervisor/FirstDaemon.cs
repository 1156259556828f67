using System.Diagnostics;
using System.Globalization;
using Viper.Hypervisor;
using Viper.Integration.Tests.Hypervisor.Guest;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>A program that starts a machine and dies, as a daemon does that is killed: this test program under another name.</summary>
internal static class FirstDaemon
{
    private const string Switch = "VIPER_FIRST_DAEMON";
    private const char Separator = '|';

    /// <summary>Becomes the daemon and never returns, if this process was started as one.</summary>
    public static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Switch) is not { } order)
        {
            return;
        }

        // Only the order itself is for this process; what it starts must not see it.
        Environment.SetEnvironmentVariable(Switch, null);
        string[] parts = order.Split(Separator);
        HypervisorOptions options = new()
        {
            Choice = Enum.Parse<HypervisorChoice>(parts[0]),
            QemuMachine = Enum.Parse<QemuMachineType>(parts[1]),
            CloudHypervisorPath = parts[2].Length == 0 ? null : parts[2],
        };
        IHypervisor hypervisor = HypervisorSelection.SelectAsync(options).GetAwaiter().GetResult();
        IMachine machine = hypervisor.StartAsync(TinySpec.Make(parts[3], parts[4], "adopted")).GetAwaiter().GetResult();
        machine.Serial.SeeAsync("guest: up", CancellationToken.None).GetAwaiter().GetResult();
        Console.WriteLine(machine.Identity);
        Console.Out.Flush();
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>Has a daemon start the machine "adopted", kills the daemon, and returns the machine's identity.</summary>
    public static async Task<ProcessIdentity> StartAndDieAsync(
        HypervisorOptions options, string folder, string kind, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        start.Environment[Switch] = string.Join(
            Separator, options.Choice, options.QemuMachine, options.CloudHypervisorPath ?? "", folder, kind);
        using Process daemon = Process.Start(start)!;
        try
        {
            string line = await daemon.StandardOutput.ReadLineAsync(cancellationToken)
                ?? throw new InvalidOperationException("The first daemon ended before its machine ran.");
            string[] parts = line.Split(':');
            return new ProcessIdentity(
                int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
        }
        finally
        {
            daemon.Kill();
            await daemon.WaitForExitAsync(CancellationToken.None);
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Viper.Hypervisor.Tests.Processes;

/// <summary>This test program started again, as a daemon that starts a machine and is then killed.</summary>
internal static class EarlierDaemon
{
    private const string Switch = "VIPER_TEST_EARLIER_DAEMON";

    [ModuleInitializer]
    internal static void Enter()
    {
        if (Environment.GetEnvironmentVariable(Switch) is { } folder)
        {
            Serve(folder);
        }
    }

    /// <summary>Has a daemon start the machine, kills the daemon, and gives the machine's process.</summary>
    public static async Task<ProcessIdentity> StartMachineAsync(string folder, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        start.Environment[Switch] = folder;
        using Process daemon = Process.Start(start)!;
        string[] words = ((await daemon.StandardOutput.ReadLineAsync(cancellationToken)) ?? "").Split(':');
        daemon.Kill();
        await daemon.WaitForExitAsync(cancellationToken);
        return new ProcessIdentity(
            int.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture), words[2]);
    }

    /// <summary>The machine that it starts.</summary>
    public static MachineSpec Spec(string folder) => new()
    {
        Name = "earlier",
        KernelPath = Path.Combine(folder, "kernel"),
        RunDirectory = Path.Combine(folder, "run/earlier"),
        LogDirectory = Path.Combine(folder, "log/earlier"),
        MemoryMib = 32,
        Limits = new ProcessLimits { ProcessCount = 64 },
    };

    public static HypervisorOptions Options(string folder) => new()
    {
        Choice = HypervisorChoice.Qemu,
        QemuPath = Path.Combine(folder, "qemu"),
        Accelerator = AcceleratorChoice.Tcg,
    };

    // Waits on this very thread: while the module is being initialised, no other may run anything that is in it.
    private static void Serve(string folder)
    {
        IHypervisor hypervisor = HypervisorSelection.SelectAsync(Options(folder)).GetAwaiter().GetResult();
        IMachine machine = hypervisor.StartAsync(Spec(folder)).GetAwaiter().GetResult();
        Console.WriteLine(machine.Identity);
        Thread.Sleep(Timeout.Infinite);
    }
}

using System.Globalization;
using System.Text;

namespace Viper.Hypervisor.Qemu;

/// <summary>Turns a machine's description into QEMU's arguments.</summary>
/// <remarks>Pure. The description has been validated, so names of machines, taps and MAC addresses hold no commas.</remarks>
internal static partial class QemuCommandLine
{
    /// <summary>The number under which QEMU sees the listening socket of the monitor.</summary>
    public const int MonitorDescriptor = 3;

    /// <summary>The number under which QEMU sees the listening socket of the serial port.</summary>
    public const int SerialDescriptor = 4;

    /// <summary>The number under which QEMU sees the first tap that is passed open; the others follow, then the state of a snapshot.</summary>
    public const int FirstTapDescriptor = 5;

    /// <summary>CONFIG_HZ of Debian's kernels.</summary>
    private const int KernelHz = 250;

    /// <summary>The number under which QEMU sees the state of the snapshot that it is restored from.</summary>
    public static int StateDescriptor(MachineSpec spec) => FirstTapDescriptor + spec.Nics.Count(static nic => nic.TapDescriptor is not null);

    public static IReadOnlyList<string> Build(MachineSpec spec, QemuSettings settings, QemuRestore? restore = null)
    {
        bool pci = settings.MachineType == QemuMachineType.Q35;
        string machine = pci ? "q35,usb=off,smbus=off,sata=off,vmport=off,graphics=off" : "microvm,acpi=on,isa-serial=on,rtc=on";
        List<string> arguments =
        [
            "-name", $"guest={spec.Name},process=viper-{spec.Name}",
            "-M", $"{machine},memory-backend=ram",
            "-accel", settings.Accelerator == Accelerator.Kvm ? "kvm" : "tcg,thread=multi",
            "-cpu", settings.Accelerator == Accelerator.Kvm ? "host" : "max",
            "-smp", Number(spec.VcpuCount),
            "-m", Number(spec.MemoryMib),
            "-object", Memory(spec, restore),
            "-nodefaults", "-no-user-config", "-display", "none",
            "-no-reboot",
            "-sandbox", Sandbox(settings),
            "-kernel", spec.VmlinuxPath ?? spec.KernelPath,
            .. (string[])(spec.InitramfsPath is null ? [] : ["-initrd", spec.InitramfsPath]),
            "-append", KernelCommandLine(spec.CommandLine, settings),

            // Stopped until the serial port is connected, so that no byte of the guest is lost.
            "-S",
            "-chardev", $"socket,id=monitor,fd={MonitorDescriptor},server=on,wait=off",
            "-mon", "chardev=monitor,mode=control",
            "-chardev", $"socket,id=serial,fd={SerialDescriptor},server=on,wait=off",
            "-serial", "chardev:serial",
        ];
        AddDevices(arguments, spec, pci);
        if (restore is not null)
        {
            // The capabilities of the migration must be set before it comes.
            arguments.AddRange(["-incoming", "defer"]);
        }

        if (settings.RunAs is not null)
        {
            arguments.AddRange(["-runas", settings.RunAs]);
        }

        return arguments;
    }

    /// <summary>Adds what the kernel needs to find its clock under software emulation, unless it was given.</summary>
    /// <remarks>
    /// microvm has neither PIT nor HPET, and calibrating the TSC against emulated timers hangs most boots; so the rate is given,
    /// which under emulation is the host's, and the kernel told to trust it. <c>lpj=</c>, ticks of it per jiffy, spares every
    /// CPU the calibration of its delay loop.
    /// </remarks>
    public static string KernelCommandLine(string commandLine, QemuSettings settings)
    {
        StringBuilder line = new(commandLine);
        if (settings.Accelerator == Accelerator.Tcg && settings.TscKilohertz > 0)
        {
            Add(line, "tsc_early_khz=", Number(settings.TscKilohertz));
            Add(line, "lpj=", Number(settings.TscKilohertz * 1000 / KernelHz));
            Add(line, "tsc=", "reliable");
            Add(line, "no_timer_check", "");
        }

        return line.ToString();
    }

    private static void Add(StringBuilder line, string name, string value)
    {
        foreach (string word in line.ToString().Split(' '))
        {
            if (word == name || (name.EndsWith('=') && word.StartsWith(name, StringComparison.Ordinal)))
            {
                return;
            }
        }

        line.Append(line.Length == 0 ? "" : " ").Append(name).Append(value);
    }

    // Forbidding QEMU to change its user would also forbid -runas, so that is left to the kernel: an ordinary user cannot.
    private static string Sandbox(QemuSettings settings) => settings.RunAs is null
        ? "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"
        : "on,obsolete=deny,spawn=deny,resourcecontrol=deny";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

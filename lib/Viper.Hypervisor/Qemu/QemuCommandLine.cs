using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Viper.Hypervisor.Qemu;

/// <summary>Turns a machine's description into QEMU's arguments.</summary>
/// <remarks>Pure. The description has been validated, so names of machines, taps and MAC addresses hold no commas.</remarks>
internal static class QemuCommandLine
{
    /// <summary>The number under which QEMU sees the listening socket of the monitor.</summary>
    public const int MonitorDescriptor = 3;

    /// <summary>The number under which QEMU sees the listening socket of the serial port.</summary>
    public const int SerialDescriptor = 4;

    /// <summary>CONFIG_HZ of Debian's kernels.</summary>
    private const int KernelHz = 250;

    public static IReadOnlyList<string> Build(MachineSpec spec, QemuSettings settings)
    {
        bool pci = settings.MachineType == QemuMachineType.Q35;
        List<string> arguments =
        [
            "-name", $"guest={spec.Name},process=viper-{spec.Name}",
            "-M", pci ? "q35,usb=off,smbus=off,sata=off,vmport=off,graphics=off" : "microvm,acpi=on,isa-serial=on,rtc=on",
            "-accel", settings.Accelerator == Accelerator.Kvm ? "kvm" : "tcg,thread=multi",
            "-cpu", settings.Accelerator == Accelerator.Kvm ? "host" : "max",
            "-smp", Number(spec.VcpuCount),
            "-m", Number(spec.MemoryMib),
            "-nodefaults", "-no-user-config", "-display", "none",
            "-no-reboot",
            "-sandbox", Sandbox(settings),
            "-kernel", spec.VmlinuxPath ?? spec.KernelPath,
            "-initrd", spec.InitramfsPath,
            "-append", KernelCommandLine(spec.CommandLine, settings),

            // Stopped until the serial port is connected, so that no byte of the guest is lost.
            "-S",
            "-chardev", $"socket,id=monitor,fd={MonitorDescriptor},server=on,wait=off",
            "-mon", "chardev=monitor,mode=control",
            "-chardev", $"socket,id=serial,fd={SerialDescriptor},server=on,wait=off",
            "-serial", "chardev:serial",
            "-object", "rng-random,id=rng0,filename=/dev/urandom",
        ];
        if (!pci)
        {
            arguments.AddRange(["-global", "virtio-mmio.force-legacy=false"]);
        }

        string bus = pci ? "pci" : "device";
        arguments.AddRange(["-device", $"virtio-rng-{bus},rng=rng0"]);
        for (int i = 0; i < spec.Disks.Count; i++)
        {
            arguments.AddRange(["-blockdev", Disk(spec.Disks[i], i), "-device", $"virtio-blk-{bus},drive=disk{i}"]);
        }

        for (int i = 0; i < spec.Nics.Count; i++)
        {
            NicSpec nic = spec.Nics[i];
            string rom = pci ? ",romfile=" : "";
            arguments.AddRange(
            [
                "-netdev", $"tap,id=net{i},ifname={nic.TapName},script=no,downscript=no,vhost=off",
                "-device", $"virtio-net-{bus},netdev=net{i},mac={nic.MacAddress}{rom}",
            ]);
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

    // The JSON form, since a path in the other form would need its commas doubled.
    private static string Disk(DiskSpec disk, int index)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("driver", "raw");
            writer.WriteString("node-name", $"disk{index}");
            writer.WriteBoolean("read-only", disk.ReadOnly);
            writer.WriteStartObject("file");
            writer.WriteString("driver", "file");
            writer.WriteString("filename", disk.Path);
            writer.WriteBoolean("read-only", disk.ReadOnly);

            // Many machines read one image; a writable one belongs to one machine, and the lock makes sure of it.
            writer.WriteString("locking", disk.ReadOnly ? "off" : "auto");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

using System.Text;
using System.Text.RegularExpressions;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Machines;

/// <summary>Finds what is wrong with a description before anything is started.</summary>
internal static partial class MachineSpecValidator
{
    private const int VcpuLimit = 64;
    private const int MemoryMinimum = 32;
    private const int MemoryMaximum = 1024 * 1024;
    private const int DeviceLimit = 8;
    private const int SlotLimit = 16;

    // Linux takes 2,047 bytes on x86 (COMMAND_LINE_SIZE); the rest is for what a machine type adds.
    private const int CommandLineLimit = 1900;

    public static void Check(MachineSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Require(NamePattern().IsMatch(spec.Name), nameof(spec.Name), "has characters other than a-z A-Z 0-9 . _ - or is not 1 to 64 long");
        Require(
            spec.VcpuCount is >= 1 and <= VcpuLimit, nameof(spec.VcpuCount), $"is {spec.VcpuCount}, not between 1 and {VcpuLimit}");
        Require(
            spec.MemoryMib is >= MemoryMinimum and <= MemoryMaximum,
            nameof(spec.MemoryMib),
            $"is {spec.MemoryMib}, not between {MemoryMinimum} and {MemoryMaximum} MiB");
        CheckGrowth(spec);
        CheckLimits(spec.Limits);
        CheckCommandLine(spec.CommandLine);
        CheckFile(spec.KernelPath, nameof(spec.KernelPath));
        if (spec.InitramfsPath is not null)
        {
            CheckFile(spec.InitramfsPath, nameof(spec.InitramfsPath));
        }

        if (spec.VmlinuxPath is not null)
        {
            CheckFile(spec.VmlinuxPath, nameof(spec.VmlinuxPath));
        }

        CheckDevices(spec);
        CheckDirectory(spec.LogDirectory, nameof(spec.LogDirectory));
        CheckDirectory(spec.RunDirectory, nameof(spec.RunDirectory));
    }

    /// <summary>Refuses a disk that is not there.</summary>
    public static void CheckDisk(DiskSpec disk) => CheckFile(disk.Path, nameof(MachineSpec.Disks));

    /// <summary>Refuses a card without a tap or with an address that no card can have.</summary>
    public static void CheckNic(NicSpec nic)
    {
        const string Property = nameof(MachineSpec.Nics);
        Require(
            MacPattern().IsMatch(nic.MacAddress),
            Property,
            $"has the MAC address '{nic.MacAddress}', which is not a unicast address as 02:00:5e:10:00:01");
        if (nic.TapDescriptor is { } tap)
        {
            Require(nic.TapName.Length == 0, Property, $"gives both the tap '{nic.TapName}' and a descriptor. Give one of them");
            Require(!tap.IsClosed && !tap.IsInvalid, Property, "has a descriptor of a tap that is closed");
            return;
        }

        Require(TapPattern().IsMatch(nic.TapName), Property, $"names the tap '{nic.TapName}', which is no interface name");

        // Not from /sys/class/net, which shows the namespace in which it was mounted.
        Require(
            Libc.if_nametoindex(nic.TapName) != 0,
            Property,
            $"names the tap '{nic.TapName}', which does not exist in this network namespace. Create it first");
    }

    /// <summary>Refuses a socket path that the kernel would refuse.</summary>
    public static void CheckSocketPath(string path) => Require(
        UnixListener.Fits(path),
        nameof(MachineSpec.RunDirectory),
        $"gives the socket path '{path}' of {Encoding.UTF8.GetByteCount(path)} bytes; the kernel takes 107. Choose a shorter folder");

    private static void CheckGrowth(MachineSpec spec)
    {
        Require(
            spec.MaxVcpuCount is null || (spec.MaxVcpuCount >= spec.VcpuCount && spec.MaxVcpuCount <= VcpuLimit),
            nameof(spec.MaxVcpuCount),
            $"is {spec.MaxVcpuCount}, not between {spec.VcpuCount} and {VcpuLimit}");
        Require(
            spec.MaxMemoryMib is null || (spec.MaxMemoryMib >= spec.MemoryMib && spec.MaxMemoryMib <= MemoryMaximum),
            nameof(spec.MaxMemoryMib),
            $"is {spec.MaxMemoryMib}, not between {spec.MemoryMib} and {MemoryMaximum} MiB");
        Require(
            spec.HotplugSlots is >= 0 and <= SlotLimit,
            nameof(spec.HotplugSlots),
            $"is {spec.HotplugSlots}, not between 0 and {SlotLimit}");
        if (spec.MemoryFilePath is { } path)
        {
            CheckDirectory(path, nameof(spec.MemoryFilePath));
            Require(!File.Exists(path), nameof(spec.MemoryFilePath), $"names '{path}', which exists already");
        }
    }

    private static void CheckCommandLine(string commandLine)
    {
        Require(
            !commandLine.AsSpan().ContainsAny('\0', '\n', '\r'),
            nameof(MachineSpec.CommandLine),
            "holds a NUL or a line end");
        int length = Encoding.UTF8.GetByteCount(commandLine);
        Require(length <= CommandLineLimit, nameof(MachineSpec.CommandLine), $"has {length} bytes, more than {CommandLineLimit}");
    }

    private static void CheckDevices(MachineSpec spec)
    {
        Require(spec.Disks.Count <= DeviceLimit, nameof(spec.Disks), $"has {spec.Disks.Count} entries, more than {DeviceLimit}");
        Require(spec.Nics.Count <= DeviceLimit, nameof(spec.Nics), $"has {spec.Nics.Count} entries, more than {DeviceLimit}");
        foreach (DiskSpec disk in spec.Disks)
        {
            CheckDisk(disk);
        }

        foreach (NicSpec nic in spec.Nics)
        {
            CheckNic(nic);
        }
    }

    private static void CheckFile(string path, string property)
    {
        CheckDirectory(path, property);
        Require(File.Exists(path), property, $"names '{path}', which does not exist or is not a file");
    }

    private static void CheckDirectory(string path, string property) =>
        Require(Path.IsPathRooted(path) && !path.Contains('\0'), property, $"is '{path}', which is not an absolute path");

    private static void Require(bool holds, string property, string wrong)
    {
        if (!holds)
        {
            throw new MachineSpecException(property, $"The machine cannot be started: {property} {wrong}.");
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,14}\z")]
    private static partial Regex TapPattern();

    // The lowest bit of the first byte marks a group address.
    [GeneratedRegex(@"^[0-9A-Fa-f][02468ACEace](:[0-9A-Fa-f]{2}){5}\z")]
    private static partial Regex MacPattern();
}

namespace Viper.Hypervisor;

/// <summary>Everything that is needed to start one machine.</summary>
/// <remarks>Paths are absolute. Files are opened while the machine starts and must stay unchanged while it runs.</remarks>
public sealed record MachineSpec
{
    /// <summary>The machine's name: 1 to 64 of the characters <c>a-z A-Z 0-9 . _ -</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The number of virtual CPUs, 1 to 64.</summary>
    public int VcpuCount { get; init; } = 1;

    /// <summary>Guest memory in MiB, 32 to 1,048,576.</summary>
    public int MemoryMib { get; init; } = 512;

    /// <summary>The kernel as a bzImage.</summary>
    public required string KernelPath { get; init; }

    /// <summary>The same kernel uncompressed (ELF with a PVH note), where there is one; it boots sooner and Cloud Hypervisor prefers it.</summary>
    public string? VmlinuxPath { get; init; }

    /// <summary>The initramfs; null for a kernel that needs none.</summary>
    public string? InitramfsPath { get; init; }

    /// <summary>The kernel command line, at most 1,900 bytes; the library appends what the machine type needs.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>The disks, in the order in which the guest sees them; at most 8.</summary>
    public IReadOnlyList<DiskSpec> Disks { get; init; } = [];

    /// <summary>The network cards, in the order in which the guest sees them; at most 8.</summary>
    public IReadOnlyList<NicSpec> Nics { get; init; } = [];

    /// <summary>The most virtual CPUs that the machine may be given while it runs, where it can; null for no more than it starts with.</summary>
    public int? MaxVcpuCount { get; init; }

    /// <summary>The most memory in MiB that the machine may be given while it runs, where it can; null for no more than it starts with.</summary>
    public int? MaxMemoryMib { get; init; }

    /// <summary>Whether the machine has a memory balloon.</summary>
    public bool Balloon { get; init; }

    /// <summary>The number of places for devices that are plugged in later, 0 to 16, on machines that need places (QEMU's q35).</summary>
    public int HotplugSlots { get; init; }

    /// <summary>
    /// The absolute path of a file that holds the guest's memory, so that a snapshot need not copy it; made by the start, removed with
    /// the machine, and as large as the memory once it is used. Null for anonymous memory.
    /// </summary>
    public string? MemoryFilePath { get; init; }

    /// <summary>What the process of the VMM may use of the host.</summary>
    public ProcessLimits Limits { get; init; } = ProcessLimits.None;

    /// <summary>The folder of this machine's sockets; short, since a socket's path holds at most 107 bytes. Made when missing.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>The folder of <c>vmm.log</c> and <c>serial.log</c>. Made when missing.</summary>
    public required string LogDirectory { get; init; }
}

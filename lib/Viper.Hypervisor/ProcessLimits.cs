namespace Viper.Hypervisor;

/// <summary>What the process of a machine may use of the host; null leaves a resource unlimited.</summary>
/// <remarks>
/// Enforced by control groups where the host has them; <see cref="ProcessConfinement"/> tells what is in force. The limits
/// are those of the VMM, so memory must hold the guest's and what the VMM itself needs.
/// </remarks>
public sealed record ProcessLimits
{
    /// <summary>No limits; the process still gets a control group of its own.</summary>
    public static ProcessLimits None { get; } = new();

    /// <summary>The most memory in bytes, page cache included; over it the kernel ends the VMM. At least 1 MiB.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The share of the processors when they are all busy, 1 to 10,000, where 100 is what others have.</summary>
    public int? CpuWeight { get; init; }

    /// <summary>The most processor time, in processors: 1.5 is one and a half. 0.01 to 1,024.</summary>
    public double? CpuQuota { get; init; }

    /// <summary>The most processes and threads, 1 to 4,194,304.</summary>
    public int? ProcessCount { get; init; }

    /// <summary>The most bytes a second, read and written each, on every block device that holds a disk of the machine; at least 4,096.</summary>
    /// <remarks>Under version 1 of control groups, writes that go through the page cache are not counted.</remarks>
    public long? DiskBytesPerSecond { get; init; }

    /// <summary>The most operations a second, reads and writes each, on every block device that holds a disk of the machine; at least 1.</summary>
    public long? DiskOperationsPerSecond { get; init; }

    internal bool HasDisk => DiskBytesPerSecond is not null || DiskOperationsPerSecond is not null;
}

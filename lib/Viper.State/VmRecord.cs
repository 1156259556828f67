using System.Net;

namespace Viper.State;

/// <summary>One VM as the database holds it.</summary>
/// <remarks>Times are UTC, whole milliseconds. Statuses, phases and JSON are strings that this library does not read.</remarks>
public sealed record VmRecord
{
    /// <summary>Gets the id: <c>vm_</c> and 26 characters that sort by time of creation.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the name, unique among the living.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the status.</summary>
    public required string Status { get; init; }

    /// <summary>Gets the phase within the status, if it has any.</summary>
    public string? Phase { get; init; }

    /// <summary>Gets why the status is what it is, if anybody said.</summary>
    public string? StatusReason { get; init; }

    /// <summary>Gets the number of virtual CPUs.</summary>
    public required int CpuCores { get; init; }

    /// <summary>Gets the memory in MiB.</summary>
    public required int MemoryMb { get; init; }

    /// <summary>Gets the name of the image.</summary>
    public required string Image { get; init; }

    /// <summary>Gets what the creator added to the kernel command line; may be empty.</summary>
    public required string KernelCmdline { get; init; }

    /// <summary>Gets the labels as JSON.</summary>
    public required string LabelsJson { get; init; }

    /// <summary>Gets the rest of the request as JSON.</summary>
    public required string SpecJson { get; init; }

    /// <summary>Gets the leased address.</summary>
    public required IPAddress IpAddress { get; init; }

    /// <summary>Gets the MAC address as the caller spelled it.</summary>
    public required string MacAddress { get; init; }

    /// <summary>Gets the process id of the VMM, if it was started.</summary>
    public int? Pid { get; init; }

    /// <summary>Gets when that process started, in clock ticks since boot, to tell it from a later one of the same id.</summary>
    public long? PidStartTime { get; init; }

    /// <summary>Gets the boot id of the host at that time.</summary>
    public string? BootId { get; init; }

    /// <summary>Gets the hypervisor that runs it.</summary>
    public string? Hypervisor { get; init; }

    /// <summary>Gets the name of its tap device.</summary>
    public string? TapName { get; init; }

    /// <summary>Gets the revision: 1 at creation, one more with each change.</summary>
    public required long Revision { get; init; }

    /// <summary>Gets when it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when it was last started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets when it last became ready.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>Gets when the row was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

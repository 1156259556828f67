namespace Viper.State;

/// <summary>What the creator of a VM decides; id, address, MAC, revision and times come from the store.</summary>
public sealed record NewVm
{
    /// <summary>Gets the name, unique among the living.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the first status.</summary>
    public required string Status { get; init; }

    /// <summary>Gets the first phase.</summary>
    public string? Phase { get; init; }

    /// <summary>Gets the number of virtual CPUs; at least 1.</summary>
    public required int CpuCores { get; init; }

    /// <summary>Gets the memory in MiB; at least 1.</summary>
    public required int MemoryMb { get; init; }

    /// <summary>Gets the name of the image.</summary>
    public required string Image { get; init; }

    /// <summary>Gets what to add to the kernel command line.</summary>
    public string KernelCmdline { get; init; } = "";

    /// <summary>Gets the labels as JSON.</summary>
    public string LabelsJson { get; init; } = "{}";

    /// <summary>Gets the rest of the request as JSON.</summary>
    public string SpecJson { get; init; } = "{}";

    /// <summary>Gets the hypervisor, if it is chosen already.</summary>
    public string? Hypervisor { get; init; }

    /// <summary>Gets the name of the tap device, if it is chosen already.</summary>
    public string? TapName { get; init; }

    /// <summary>Gets who the lease is for, if anybody asks later.</summary>
    public string? Owner { get; init; }
}

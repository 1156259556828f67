namespace Viper.Hypervisor;

/// <summary>The state and the configuration of the machine in a VMM.</summary>
public sealed record VmInfo
{
    /// <summary>The configuration, completed by the VMM's defaults.</summary>
    public required VmConfig Config { get; init; }

    /// <summary>The state.</summary>
    public required VmState State { get; init; }

    /// <summary>The guest's memory now, in bytes.</summary>
    public long? MemoryActualSize { get; init; }
}

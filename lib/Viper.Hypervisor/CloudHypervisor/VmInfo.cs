namespace Viper.Hypervisor;

/// <summary>The state and the configuration of the machine in a VMM.</summary>
public sealed record VmInfo
{
    /// <summary>The configuration, completed by the VMM's defaults.</summary>
    public required VmConfig Config { get; init; }

    /// <summary>The state.</summary>
    public required VmState State { get; init; }

    /// <summary>The guest's memory now, in bytes: hot-plugged memory counts, the balloon is taken off.</summary>
    public long? MemoryActualSize { get; init; }

    /// <summary>The devices by name. A device that was removed stays here until the guest lets it go.</summary>
    public IReadOnlyDictionary<string, DeviceNode>? DeviceTree { get; init; }
}

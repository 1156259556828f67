namespace Viper.Hypervisor;

/// <summary>What a Cloud Hypervisor can do, found out by asking it.</summary>
public sealed record CloudHypervisorCapabilities
{
    /// <summary>Who the program says it is.</summary>
    public required VmmPing Program { get; init; }

    /// <summary>The operations that it knows, such as <c>vm.coredump</c>.</summary>
    public required IReadOnlySet<string> Operations { get; init; }

    /// <summary>The ways of restoring memory that it knows by name.</summary>
    public required IReadOnlySet<MemoryRestoreMode> RestoreModes { get; init; }

    /// <summary>
    /// Whether it refuses names that it does not know. Some old builds take any, and then restore by copying; of such a program only
    /// <see cref="MemoryRestoreMode.Copy"/> is listed.
    /// </summary>
    public required bool RefusesUnknownNames { get; init; }
}

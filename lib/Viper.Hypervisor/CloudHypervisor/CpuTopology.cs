namespace Viper.Hypervisor;

/// <summary>How the virtual CPUs are arranged; the product must be <see cref="CpusConfig.MaxVcpus"/>.</summary>
public sealed record CpuTopology
{
    /// <summary>Threads in a core, at least 1.</summary>
    public int? ThreadsPerCore { get; init; }

    /// <summary>Cores in a die, at least 1.</summary>
    public int? CoresPerDie { get; init; }

    /// <summary>Dies in a package, at least 1.</summary>
    public int? DiesPerPackage { get; init; }

    /// <summary>Packages, at least 1.</summary>
    public int? Packages { get; init; }
}

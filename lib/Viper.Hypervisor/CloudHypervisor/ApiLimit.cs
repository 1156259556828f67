namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Which of the limits of <see cref="VmmRequestLimits"/> holds for an operation.</summary>
internal enum ApiLimit
{
    Query,
    Change,
    Boot,
    Memory,
    Migration,
}

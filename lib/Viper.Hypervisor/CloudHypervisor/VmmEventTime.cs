namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>The time since the start of the process, in the two parts that the program writes.</summary>
internal readonly record struct VmmEventTime
{
    public required ulong Secs { get; init; }

    public required uint Nanos { get; init; }
}

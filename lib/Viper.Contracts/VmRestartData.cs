namespace Viper.Contracts;

/// <summary>The <c>data</c> of VM_RESTARTING.</summary>
public sealed record VmRestartData
{
    /// <summary>What the run before ended with.</summary>
    public required string Reason { get; init; }

    /// <summary>How many attempts there have been since the VM was last steady, this one included.</summary>
    public required int Attempt { get; init; }

    /// <summary>How many seconds from now it is started.</summary>
    public required double DelaySeconds { get; init; }
}

namespace Viper.Contracts;

/// <summary>The <c>data</c> of an event that warns of a VM's end.</summary>
public sealed record VmWarningData
{
    /// <summary>Why, in a few words.</summary>
    public required string Reason { get; init; }

    /// <summary>How many seconds are left unless something changes.</summary>
    public required double SecondsLeft { get; init; }

    /// <summary>When that will be, by the clock on the wall as it is now.</summary>
    public required DateTimeOffset EndsAt { get; init; }
}

using System.Text.Json;

namespace Viper.Contracts;

/// <summary>One entry of the durable event log.</summary>
public sealed record VmEvent
{
    /// <summary>The place in the log; also the <c>id</c> of the server-sent event.</summary>
    public required long Seq { get; init; }

    /// <summary>One of <see cref="VmEventTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>When it was committed.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The VM that it is about.</summary>
    public required VmEventSubject Vm { get; init; }

    /// <summary>What belongs to this type of event; an object.</summary>
    public required JsonElement Data { get; init; }
}

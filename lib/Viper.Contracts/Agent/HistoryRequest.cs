using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The body of <c>POST /back</c>, <c>/forward</c> and <c>/reload</c>; it may be absent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HistoryRequest
{
    /// <summary>Gets whether a reload fetches everything again; false when absent. Of no effect on the other two.</summary>
    public bool? IgnoreCache { get; init; }

    /// <summary>Gets the moment to wait for; <see cref="Agent.WaitUntil.Load"/> when absent.</summary>
    public WaitUntil? WaitUntil { get; init; }

    /// <summary>Gets the deadline in milliseconds, 1 to 600,000; 30,000 when absent.</summary>
    public int? TimeoutMs { get; init; }
}

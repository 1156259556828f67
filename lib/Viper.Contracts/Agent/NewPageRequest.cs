using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The body of <c>POST /pages</c>; it may be absent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewPageRequest
{
    /// <summary>Gets the absolute address to open; <c>about:blank</c> when absent.</summary>
    public string? Url { get; init; }

    /// <summary>Gets the moment to wait for; <see cref="Agent.WaitUntil.Load"/> when absent.</summary>
    public WaitUntil? WaitUntil { get; init; }

    /// <summary>Gets the deadline in milliseconds, 1 to 600,000; 30,000 when absent.</summary>
    public int? TimeoutMs { get; init; }
}

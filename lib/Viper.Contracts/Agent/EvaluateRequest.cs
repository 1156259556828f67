using System.Text.Json;
using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The body of <c>POST /evaluate</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EvaluateRequest
{
    /// <summary>Gets the expression (<c>document.title</c>); this or <see cref="Function"/> is required.</summary>
    public string? Expression { get; init; }

    /// <summary>Gets the function (<c>(a, b) =&gt; a + b</c>), which is called with <see cref="Args"/>.</summary>
    public string? Function { get; init; }

    /// <summary>Gets the function's arguments, any JSON.</summary>
    public IReadOnlyList<JsonElement>? Args { get; init; }

    /// <summary>Gets whether a promise is waited for; true when absent.</summary>
    public bool? AwaitPromise { get; init; }

    /// <summary>Gets where it runs; <see cref="ScriptWorld.Main"/> when absent.</summary>
    public ScriptWorld? World { get; init; }

    /// <summary>Gets the deadline in milliseconds, 1 to 600,000; 30,000 when absent.</summary>
    public int? TimeoutMs { get; init; }
}

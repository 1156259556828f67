using System.Text.Json.Nodes;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>One exchange of the recording: what was asked in which state, and what was answered.</summary>
public sealed record Exchange(int Index, JsonObject Node)
{
    public string Section => Node["section"]!.GetValue<string>();

    public string Case => Node["case"]!.GetValue<string>();

    /// <summary>The state of the VM when it was asked; null where it is unknown.</summary>
    public string? Before => Node["before"]?.GetValue<string>();

    /// <summary>Whether a new VMM began with it.</summary>
    public bool IsFresh => Node["fresh"]?.GetValue<bool>() ?? false;

    public string Method => Node["request"]!["method"]!.GetValue<string>();

    public string Target => Node["request"]!["target"]!.GetValue<string>();

    public string Operation => Target[(Target.LastIndexOf('/') + 1)..];

    /// <summary>The body of the request as it was sent: JSON without spaces, or bytes that were no JSON; null for none.</summary>
    public string? Body => Request is { } body ? body.ToJsonString(Recording.Plain) : Node["request"]!["rawBody"]?.GetValue<string>();

    /// <summary>The body of the request where it is JSON.</summary>
    public JsonNode? Request => Node["request"]!["body"];

    public int Status => Node["response"]!["status"]!.GetValue<int>();

    /// <summary>The body of the answer where it is JSON.</summary>
    public JsonNode? Answer => Node["response"]!["body"];

    /// <summary>The body of the answer where it is no JSON.</summary>
    public string? RawAnswer => Node["response"]!["rawBody"]?.GetValue<string>();

    public bool IsAccepted => Status is 200 or 204;

    /// <summary>Whether a descriptor went with the request.</summary>
    public bool PassesDescriptor => Case.EndsWith("by SCM_RIGHTS", StringComparison.Ordinal);

    public override string ToString() => $"{Index}: {Section} / {Case}";
}

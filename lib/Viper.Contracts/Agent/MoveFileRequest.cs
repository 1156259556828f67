using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The body of <c>POST /files:move</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MoveFileRequest
{
    /// <summary>Gets the path now. Required.</summary>
    public string? From { get; init; }

    /// <summary>Gets the path from then on; its folder must be there. Required.</summary>
    public string? To { get; init; }

    /// <summary>Gets whether a file that is there already is replaced; refused when absent or false.</summary>
    public bool? Overwrite { get; init; }
}

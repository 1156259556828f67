using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>How large a terminal is.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TerminalSize
{
    /// <summary>Gets the columns, 1 to 10,000; 80 when absent.</summary>
    public int Cols { get; init; } = 80;

    /// <summary>Gets the rows, 1 to 10,000; 24 when absent.</summary>
    public int Rows { get; init; } = 24;
}

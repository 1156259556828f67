using System.Text;

namespace Viper.TestKit.Engine;

/// <summary>What a <see cref="ScriptedAgent"/> answers to a plain request.</summary>
/// <param name="Status">The status.</param>
/// <param name="Type">The media type.</param>
/// <param name="Body">The body.</param>
public sealed record AgentAnswer(int Status, string Type, byte[] Body)
{
    /// <summary>Further headers, without the last line end.</summary>
    public string Headers { get; init; } = "";

    /// <summary>Writes the whole answer itself; the connection ends with it.</summary>
    public Func<Stream, CancellationToken, Task>? Raw { get; init; }

    /// <summary>A JSON answer of success.</summary>
    public static AgentAnswer Json(string json) => new(200, "application/json; charset=UTF-8", Encoding.UTF8.GetBytes(json));
}

using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The body of <c>POST /exec</c>: a program that is run to its end.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ExecRequest
{
    /// <summary>Gets the program: a path, or a name that is looked for in the folders of <c>PATH</c>. Required; no shell reads it.</summary>
    public string? Command { get; init; }

    /// <summary>Gets the arguments, without the program's own name; at most 4,096.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Gets the folder it runs in; the folder of files when absent, from which a relative one is reckoned.</summary>
    public string? Cwd { get; init; }

    /// <summary>Gets variables of its environment beside, or instead of, the usual ones; at most 1,024.</summary>
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Gets what it reads from its standard input, in Base64; nothing when absent.</summary>
    public string? StdinBase64 { get; init; }

    /// <summary>Gets after how many seconds it is killed, 1 to 86,400; 60 when absent.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>Gets the user it runs as: the guest's unprivileged one, by name or number, which is also what absence means.</summary>
    public string? User { get; init; }
}

namespace Viper.Contracts.Agent;

/// <summary>The answer of <c>GET /processes/{id}/output</c>: what there is now.</summary>
public sealed record ProcessOutput
{
    /// <summary>Gets a piece of the standard output; of a terminal, of all that it shows.</summary>
    public required ProcessOutputPart Stdout { get; init; }

    /// <summary>Gets a piece of the standard error; empty with a terminal.</summary>
    public required ProcessOutputPart Stderr { get; init; }

    /// <summary>Gets how it ended; null while it runs.</summary>
    public ProcessExit? Exit { get; init; }
}

using Viper.Contracts.Agent;

namespace Viper.Agent.Programs;

/// <summary>A program to run, checked.</summary>
internal sealed record ProgramCommand
{
    internal required string Command { get; init; }

    internal required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Gets where the program may be.</summary>
    internal required IReadOnlyList<string> Paths { get; init; }

    internal required IReadOnlyList<string> Environment { get; init; }

    internal required string WorkingDirectory { get; init; }

    /// <summary>Gets after how long it is killed; null for never.</summary>
    internal TimeSpan? Timeout { get; init; }

    /// <summary>Gets its terminal; pipes when null.</summary>
    internal TerminalSize? Terminal { get; init; }

    /// <summary>Gets a value indicating whether it has an input that is written to; otherwise it reads nothing.</summary>
    internal bool HasInput { get; init; }

    /// <summary>Gets how much of each output is kept, in bytes.</summary>
    internal int OutputBytes { get; init; }

    /// <summary>Gets what becomes of output that nobody has taken.</summary>
    internal OutputOverflow Overflow { get; init; }

    /// <summary>Gets a value indicating whether readers miss nothing, and the program waits for them from its first byte on.</summary>
    internal bool Lossless { get; init; }
}

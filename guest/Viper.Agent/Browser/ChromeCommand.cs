namespace Viper.Agent.Browser;

/// <summary>What to start, as whom: everything that a <see cref="ChromeProcess"/> needs.</summary>
internal sealed record ChromeCommand
{
    internal required string Path { get; init; }

    /// <summary>Gets the arguments without the program's own name.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    internal required IReadOnlyList<string> Environment { get; init; }

    internal required string WorkingDirectory { get; init; }

    /// <summary>Gets the user and group to run as; null keeps the agent's own.</summary>
    internal uint? UserId { get; init; }

    /// <summary>
    /// Gets a value indicating whether every process of <see cref="UserId"/> is Chrome's, but for programs that the agent was asked
    /// to run, so that leftovers of an earlier Chrome, or of an earlier agent, are killed before the start.
    /// </summary>
    internal bool OwnsUser { get; init; }

    internal required string LogPath { get; init; }

    internal required long LogLimit { get; init; }
}

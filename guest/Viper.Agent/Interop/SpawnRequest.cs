namespace Viper.Agent.Interop;

/// <summary>What to start, as whom, and with what.</summary>
internal sealed record SpawnRequest
{
    /// <summary>Gets the paths at which the program may be; the first that can be executed is.</summary>
    internal required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Gets the arguments, the program's own name first.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    internal required IReadOnlyList<string> Environment { get; init; }

    internal required string WorkingDirectory { get; init; }

    /// <summary>Gets the user and group to run as; null keeps the agent's own.</summary>
    internal uint? UserId { get; init; }

    /// <summary>Gets the one further group to run with, which tells a program's family; null for none. Of no effect without a user.</summary>
    internal uint? Mark { get; init; }

    /// <summary>Gets the standard input; null for one that is empty.</summary>
    internal FileDescriptor? Input { get; init; }

    internal FileDescriptor? Output { get; init; }

    internal FileDescriptor? Error { get; init; }

    /// <summary>Gets the path of the terminal that takes the place of all three, in a session of its own; null for none.</summary>
    internal string? Terminal { get; init; }

    /// <summary>Gets what is done with the new identity before the program is started; null for nothing.</summary>
    internal Action? Before { get; init; }
}

using Viper.Contracts.Agent;

namespace Viper.Client;

/// <summary>Something that a program in a VM did: it wrote, or it ended.</summary>
public sealed record ProgramEvent
{
    /// <summary>What it wrote; empty with the end.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>Whether it wrote to its standard error.</summary>
    public bool IsError { get; init; }

    /// <summary>How many bytes before these were missed, since nobody read them in time; never with <see cref="ViperClient.ExecStreamAsync"/>.</summary>
    public long LostBytes { get; init; }

    /// <summary>How it ended, as the last; null before.</summary>
    public ProcessExit? Exit { get; init; }
}

namespace Viper.Daemon.Relay;

/// <summary>What becomes of a client's command: one of the nested types.</summary>
internal abstract record CommandVerdict
{
    private CommandVerdict()
    {
    }

    /// <summary>It goes to the browser as it is.</summary>
    internal sealed record Pass : CommandVerdict
    {
        internal static Pass Instance { get; } = new();
    }

    /// <summary>It goes to the browser as another message.</summary>
    /// <param name="Message">The message.</param>
    internal sealed record Replace(ReadOnlyMemory<byte> Message) : CommandVerdict;

    /// <summary>The browser never sees it; the client gets an error.</summary>
    /// <param name="Why">The error's text.</param>
    internal sealed record Refuse(string Why) : CommandVerdict;

    /// <summary>The browser never sees it; the client is told that it is done, and its connection ends.</summary>
    internal sealed record Leave : CommandVerdict;
}

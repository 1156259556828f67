namespace Viper.Contracts.Agent;

/// <summary>A text message of a terminal's WebSocket; binary ones are what is typed and shown.</summary>
public sealed record TerminalMessage
{
    /// <summary>From the caller: the terminal's size has changed to <see cref="Cols"/> and <see cref="Rows"/>.</summary>
    public const string Resize = "resize";

    /// <summary>To the caller, as the last message: the program has ended, as <see cref="Exit"/> says.</summary>
    public const string Ended = "exit";

    /// <summary>Gets what the message is: <see cref="Resize"/> or <see cref="Ended"/>.</summary>
    public string? Type { get; init; }

    /// <summary>Gets the columns, 1 to 10,000.</summary>
    public int? Cols { get; init; }

    /// <summary>Gets the rows, 1 to 10,000.</summary>
    public int? Rows { get; init; }

    /// <summary>Gets how the program ended.</summary>
    public ProcessExit? Exit { get; init; }
}

namespace Viper.Contracts;

/// <summary>What the daemon says about a VM's console beside the guest's own bytes, as a text message of the WebSocket.</summary>
public sealed record ConsoleNotice
{
    /// <summary>How many bytes of the guest's output this caller has missed since it attached, because it was slow.</summary>
    public required long BytesLost { get; init; }
}

namespace Viper.Contracts.Agent;

/// <summary>A piece of one of a program's outputs; also the data of the events <c>stdout</c> and <c>stderr</c>.</summary>
public sealed record ProcessOutputPart
{
    /// <summary>Gets where the piece begins, in bytes from the output's beginning.</summary>
    public required long Offset { get; init; }

    /// <summary>Gets where the next piece begins.</summary>
    public required long NextOffset { get; init; }

    /// <summary>Gets how many bytes before <see cref="Offset"/> were asked for and are no longer kept.</summary>
    public long LostBytes { get; init; }

    /// <summary>Gets the bytes, in <see cref="Encoding"/>.</summary>
    public required string Data { get; init; }

    /// <summary>Gets how the bytes stand in <see cref="Data"/>.</summary>
    public required OutputEncoding Encoding { get; init; }
}

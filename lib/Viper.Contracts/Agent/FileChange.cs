namespace Viper.Contracts.Agent;

/// <summary>
/// The data of an event of <c>GET /files/watch</c>; the event's name says what happened: <c>created</c>, <c>modified</c>,
/// <c>deleted</c>, <c>moved_from</c>, <c>moved_to</c>, <c>attributes</c>, <c>overflow</c> (changes were missed), <c>gone</c> (the last).
/// </summary>
public sealed record FileChange
{
    /// <summary>Gets the name in the watched folder; empty where it is the watched path itself.</summary>
    public required string Name { get; init; }

    /// <summary>Gets a value indicating whether it is a folder.</summary>
    public bool IsDirectory { get; init; }

    /// <summary>Gets a number that a <c>moved_from</c> and a <c>moved_to</c> of one move share; 0 otherwise.</summary>
    public uint Cookie { get; init; }
}

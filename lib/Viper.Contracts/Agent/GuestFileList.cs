namespace Viper.Contracts.Agent;

/// <summary>The answer of <c>GET /files?path=</c>.</summary>
public sealed record GuestFileList
{
    /// <summary>Gets the folder of files in the guest, from which paths are reckoned.</summary>
    public required string Root { get; init; }

    /// <summary>Gets what the path itself is.</summary>
    public required GuestFile Entry { get; init; }

    /// <summary>Gets what is in it, in no order, the folder itself left out; null where it is no folder.</summary>
    public IReadOnlyList<GuestFile>? Entries { get; init; }

    /// <summary>Gets a value indicating whether there are more entries than the 10,000 that are listed.</summary>
    public bool Truncated { get; init; }
}

namespace Viper.Contracts;

/// <summary>An installed image.</summary>
public sealed record ImageInfo
{
    /// <summary>The name by which VMs ask for it.</summary>
    public required string Name { get; init; }

    /// <summary>The digest of everything that it was made from.</summary>
    public required string ContentId { get; init; }

    /// <summary>The size of its artifacts in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>The least memory that it boots with, in MiB.</summary>
    public required int MinMemoryMb { get; init; }

    /// <summary>The browser in it; null where it has none.</summary>
    public string? Browser { get; init; }
}

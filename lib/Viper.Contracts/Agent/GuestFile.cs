namespace Viper.Contracts.Agent;

/// <summary>A file, folder or link of the guest.</summary>
public sealed record GuestFile
{
    /// <summary>Gets its path, from the folder of files; bytes that are not UTF-8 are replaced by U+FFFD.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the path's bytes in Base64 where they are not valid UTF-8; null otherwise.</summary>
    public string? PathBase64 { get; init; }

    /// <summary>Gets what it is.</summary>
    public required GuestFileType Type { get; init; }

    /// <summary>Gets its size in bytes; 0 of what is no regular file.</summary>
    public required long Size { get; init; }

    /// <summary>Gets its permissions, octal (<c>0644</c>).</summary>
    public required string Mode { get; init; }

    /// <summary>Gets when its content was last changed.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Gets where it points, of a symbolic link.</summary>
    public string? Target { get; init; }
}

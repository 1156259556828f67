namespace Viper.Contracts.Agent;

/// <summary>The answer of <c>PUT /files.tar</c>: what was unpacked.</summary>
public sealed record TreeWritten
{
    /// <summary>Gets how many files were written, hard links included.</summary>
    public required int Files { get; init; }

    /// <summary>Gets how many entries of folders there were.</summary>
    public required int Directories { get; init; }

    /// <summary>Gets how many symbolic links were made.</summary>
    public required int Symlinks { get; init; }

    /// <summary>Gets how many bytes the files hold.</summary>
    public required long Bytes { get; init; }
}

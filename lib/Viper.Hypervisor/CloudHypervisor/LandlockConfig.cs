namespace Viper.Hypervisor;

/// <summary>What the VMM may still open under Landlock.</summary>
public sealed record LandlockConfig
{
    /// <summary>A file, or a folder with all below it.</summary>
    public required string Path { get; init; }

    /// <summary><c>r</c>, <c>w</c> or <c>rw</c>.</summary>
    public required string Access { get; init; }
}

namespace Viper.Images.Builder;

/// <summary>What to build, from what, and where to put it.</summary>
public sealed record BuildRequest
{
    /// <summary>1767225600 = 2026-01-01T00:00:00Z: the time on every file of an image unless the caller names another.</summary>
    public const long DefaultSourceDateEpoch = 1_767_225_600;

    /// <summary>The recipe's file, for example <c>images/recipes/browser/recipe.txt</c>.</summary>
    public required string RecipePath { get; init; }

    /// <summary>The folder of the image store.</summary>
    public required string StoreDirectory { get; init; }

    /// <summary>The folder that keeps packages and package lists between builds.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>The guest agent's program.</summary>
    public required string AgentPath { get; init; }

    /// <summary>The folder with the C sources of init.</summary>
    public required string InitSourceDirectory { get; init; }

    /// <summary>Look for newer packages instead of taking those of the image that is there.</summary>
    public bool Refresh { get; init; }

    /// <summary>Put everything into one initramfs, without a root disk; the recipe can ask for it as well.</summary>
    public bool AllInOneInitramfs { get; init; }

    /// <summary>The time on every file of the image, in seconds since 1970.</summary>
    public long SourceDateEpoch { get; init; } = DefaultSourceDateEpoch;
}

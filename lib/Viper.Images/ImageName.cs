namespace Viper.Images;

/// <summary>The rule for names of images: they become one folder name, so nothing in them can climb out of the store.</summary>
public static class ImageName
{
    /// <summary>The most characters that a name has.</summary>
    public const int MaximumLength = 42;

    /// <summary>Tells whether a text is a name for an image.</summary>
    /// <param name="name">The text.</param>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaximumLength }
        && name[0] != '-'
        && name[^1] != '-'
        && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    /// <summary>Refuses a text that is not a name for an image.</summary>
    /// <param name="name">The text.</param>
    /// <exception cref="ImageNameException">It is not a name.</exception>
    public static void Check(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsValid(name))
        {
            throw new ImageNameException(name);
        }
    }
}

namespace Viper.Images;

/// <summary>A name that no image can have.</summary>
public sealed class ImageNameException : ImageException
{
    internal ImageNameException(string image)
        : base(image, $"'{Printable(image)}' is not a name for an image: a name is 1 to {ImageName.MaximumLength} lower-case letters, digits and '-', and begins and ends with a letter or digit.")
    {
    }

    private static string Printable(string text)
    {
        string shown = text.Length > 60 ? text[..60] + "…" : text;
        return string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c));
    }
}

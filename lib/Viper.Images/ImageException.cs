namespace Viper.Images;

/// <summary>The base of every error that the image library reports.</summary>
public class ImageException : Exception
{
    internal ImageException(string image, string message, Exception? inner = null)
        : base(message, inner)
    {
        Image = image;
    }

    /// <summary>The name of the image, as the caller gave it.</summary>
    public string Image { get; }
}

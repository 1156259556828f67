namespace Viper.Images.Builder;

/// <summary>An image could not be built. Nothing of the attempt stays but downloaded packages.</summary>
public class ImageBuildException : Exception
{
    internal ImageBuildException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

namespace Viper.Images;

/// <summary>The image is being built or removed by another process.</summary>
public sealed class ImageBusyException : ImageException
{
    internal ImageBusyException(string image, string path, Exception inner)
        : base(image, $"The image '{image}' is being built or removed by another process, which holds {path}. Wait for it to end.", inner)
    {
    }
}

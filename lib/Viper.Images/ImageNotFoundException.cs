namespace Viper.Images;

/// <summary>There is no image of this name in the store.</summary>
public sealed class ImageNotFoundException : ImageException
{
    internal ImageNotFoundException(string image, string directory)
        : base(image, $"There is no image '{image}' in {directory}. 'viper images list' names those that are there; 'viper images build RECIPE' makes one.")
    {
    }
}

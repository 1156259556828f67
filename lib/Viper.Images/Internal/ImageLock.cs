namespace Viper.Images;

/// <summary>The right to change one image. The kernel gives it back when the process dies, whatever kills it.</summary>
internal sealed class ImageLock : IDisposable
{
    private readonly FileStream _file;

    private ImageLock(FileStream file)
    {
        _file = file;
    }

    internal static ImageLock Take(string image, string path)
    {
        try
        {
            return new ImageLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new ImageBusyException(image, path, exception);
        }
    }

    public void Dispose() => _file.Dispose();
}

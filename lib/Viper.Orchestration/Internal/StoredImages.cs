using Viper.Contracts;
using Viper.Images;

namespace Viper.Orchestration.Internal;

/// <summary>The images of the state directory, with the kernel or initramfs that the settings put in their place.</summary>
internal sealed class StoredImages(EngineSettings settings) : IImageSource
{
    private readonly ImageStore _store = new(Path.Combine(settings.StateDirectory, "images"));

    public async Task<BootFiles> OpenAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            ImageReference image = await _store.OpenAsync(name, cancellationToken).ConfigureAwait(false);
            return new BootFiles(
                settings.KernelPath ?? image.KernelPath,
                settings.KernelPath is null ? image.VmlinuxPath : null,
                settings.InitramfsPath ?? image.InitramfsPath,
                image.RootPath,
                image.Manifest.KernelCommandLine,
                image.Manifest.MinimumMemoryMib,
                image.Manifest.Browser is not null);
        }
        catch (ImageNotFoundException e)
        {
            throw EngineProblems.ImageNotFound(e.Message, e);
        }
        catch (ImageNameException e)
        {
            throw EngineProblems.Invalid("#/image", "format", e.Message);
        }
        catch (ImageException e)
        {
            throw EngineProblems.ImageCorrupt(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw EngineProblems.ImageCorrupt($"Image '{name}' cannot be read: {e.Message}", e);
        }
    }

    public IReadOnlyList<ImageInfo> List() => InstalledImages.List(_store.Directory);
}

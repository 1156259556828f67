using Viper.Contracts;
using Viper.Orchestration.Internal;

namespace Viper.EngineHost;

/// <summary>An image of next to nothing: the file <c>kernel</c> in the folder, for QEMU's microvm; without it, for a VMM that boots none.</summary>
internal sealed class OneImage(string folder) : IImageSource
{
    private const int MinMemoryMb = 64;

    public Task<BootFiles> OpenAsync(string name, CancellationToken cancellationToken)
    {
        string file = Path.Combine(folder, "image");
        if (!File.Exists(file))
        {
            File.WriteAllBytes(file, new byte[4096]);
        }

        // The letter tells the tiny guest which machine it is on.
        string kernel = Path.Combine(folder, "kernel");
        return Task.FromResult(File.Exists(kernel)
            ? new BootFiles(kernel, null, file, null, "m", MinMemoryMb, HasBrowser: false)
            : new BootFiles(file, null, file, null, "quiet", MinMemoryMb, HasBrowser: false));
    }

    public IReadOnlyList<ImageInfo> List() => [];
}

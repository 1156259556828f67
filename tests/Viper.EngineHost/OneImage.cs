using Viper.Contracts;
using Viper.Orchestration.Internal;

namespace Viper.EngineHost;

/// <summary>An image of next to nothing, for a VMM that boots none.</summary>
internal sealed class OneImage(string folder) : IImageSource
{
    public Task<BootFiles> OpenAsync(string name, CancellationToken cancellationToken)
    {
        string file = Path.Combine(folder, "image");
        if (!File.Exists(file))
        {
            File.WriteAllBytes(file, new byte[4096]);
        }

        return Task.FromResult(new BootFiles(file, null, file, null, "quiet", 64, HasBrowser: false));
    }

    public IReadOnlyList<ImageInfo> List() => [];
}

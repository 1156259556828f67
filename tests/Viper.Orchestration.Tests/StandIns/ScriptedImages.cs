using Viper.Contracts;
using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Tests.StandIns;

/// <summary>One image, <c>browser</c>, whose files are of one byte.</summary>
internal sealed class ScriptedImages(string folder) : IImageSource
{
    public EngineException? Failure { get; set; }

    public bool HasBrowser { get; set; } = true;

    public Task<BootFiles> OpenAsync(string name, CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        if (name != "browser")
        {
            throw EngineProblems.ImageNotFound($"No image '{name}'.");
        }

        string initramfs = Path.Combine(folder, "image-initramfs");
        if (!File.Exists(initramfs))
        {
            File.WriteAllBytes(initramfs, [1]);
        }

        return Task.FromResult(new BootFiles("/kernel", "/vmlinux", initramfs, "/root.erofs", "quiet", 640, HasBrowser));
    }

    public IReadOnlyList<ImageInfo> List() => [];
}

using Viper.Contracts;
using Viper.Daemon.Commands;

namespace Viper.Daemon.Tests.Commands;

/// <summary>A workshop whose images are there at once.</summary>
internal sealed class ScriptedWorkshop(IReadOnlyList<ImageInfo> images) : IImageWorkshop
{
    public Task<ImageInfo> BuildAsync(string recipe, IProgress<string> progress, CancellationToken cancellationToken)
    {
        progress.Report("building " + recipe);
        return Task.FromResult(images.Single(i => i.Name == recipe));
    }

    public IReadOnlyList<ImageInfo> List() => images;
}

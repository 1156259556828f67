using Viper.Contracts;
using Viper.Daemon.Commands;

namespace Viper.Daemon.Tests.Commands;

/// <summary>A workshop whose images are there at once.</summary>
internal sealed class ScriptedWorkshop(IReadOnlyList<ImageInfo> images) : IImageWorkshop
{
    public Task<ImageInfo> BuildAsync(ImageOrder order, IProgress<string> progress, CancellationToken cancellationToken)
    {
        progress.Report("building " + order.Recipe);
        return Task.FromResult(images.Single(i => i.Name == order.Recipe));
    }

    public IReadOnlyList<ImageInfo> List() => images;
}

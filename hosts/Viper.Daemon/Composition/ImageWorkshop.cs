using System.Globalization;
using Viper.Contracts;
using Viper.Daemon.Commands;
using Viper.Daemon.Hosting;
using Viper.Daemon.Settings;
using Viper.Images;
using Viper.Images.Builder;
using Viper.Orchestration;

namespace Viper.Daemon.Composition;

/// <summary>Builds into the state directory's store, from the recipes, the agent and the sources of init beside the program.</summary>
internal sealed class ImageWorkshop(DaemonSettings settings) : IImageWorkshop
{
    private string Store => Path.Combine(settings.Engine.StateDirectory, "images");

    public async Task<ImageInfo> BuildAsync(ImageOrder order, IProgress<string> progress, CancellationToken cancellationToken)
    {
        BuildRequest request = Request(order);
        try
        {
            Directory.CreateDirectory(Store);
            BuildResult result = await ImageBuilder.BuildAsync(request, new StepLines(progress), cancellationToken);
            if (result.UpToDate)
            {
                progress.Report($"Image '{result.Image.Name}' is up to date");
            }

            return List().Single(image => image.Name == result.Image.Name);
        }
        catch (Exception e) when (e is ImageException or ImageBuildException or IOException or UnauthorizedAccessException)
        {
            throw new StartException(e.Message);
        }
    }

    public IReadOnlyList<ImageInfo> List() => InstalledImages.List(Store);

    private BuildRequest Request(ImageOrder order) => new()
    {
        RecipePath = FindRecipe(order.Recipe),
        StoreDirectory = Store,
        CacheDirectory = settings.CacheDirectory,
        AgentPath = Path.Combine(AppContext.BaseDirectory, "guest", "viper-agent"),
        InitSourceDirectory = Path.Combine(AppContext.BaseDirectory, "guest", "init"),
        Refresh = order.Refresh,
        AllInOneInitramfs = order.AllInOneInitramfs,
    };

    private static string FindRecipe(string recipe)
    {
        try
        {
            return RecipeFolder.Find(Path.Combine(AppContext.BaseDirectory, "recipes"), recipe);
        }
        catch (MissingArtifactException e)
        {
            throw new StartException(e.Message, e) { ExitCode = 3 };
        }
    }

    private sealed class StepLines(IProgress<string> lines) : IProgress<BuildStep>
    {
        public void Report(BuildStep value) => lines.Report(value.Elapsed is { } elapsed
            ? string.Create(CultureInfo.InvariantCulture, $"  {value.Name}: {value.Detail} ({elapsed.TotalSeconds:0.0} s)")
            : $"{value.Name} …");
    }
}

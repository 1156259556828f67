namespace Viper.Images.Builder.Tests;

/// <summary>A build in a process of its own, which other tests start to kill it or to have it run under other conditions.</summary>
public sealed class ChildBuild
{
    internal const string Folder = "VIPER_TEST_BUILD_FOLDER";

    [Fact(Explicit = true)]
    public async Task BuildInAFolder_AsAnotherTestSays_Builds()
    {
        string folder = Environment.GetEnvironmentVariable(Folder)!;
        BuildRequest request = new()
        {
            RecipePath = Path.Combine(folder, "recipe.txt"),
            StoreDirectory = Path.Combine(folder, "store"),
            CacheDirectory = Directory.Exists(Path.Combine(folder, "cache")) ? Path.Combine(folder, "cache") : Repository.PackageCache,
            AgentPath = Path.Combine(folder, "agent"),
            InitSourceDirectory = Repository.InitSources,
        };
        using StreamWriter output = new(Console.OpenStandardOutput()) { AutoFlush = true };
        StepList steps = new([], step => output.WriteLine($"{step.Name} {(step.Elapsed is null ? "begins" : "ends")}"));
        await ImageBuilder.BuildAsync(request, steps, TestContext.Current.CancellationToken);
    }
}

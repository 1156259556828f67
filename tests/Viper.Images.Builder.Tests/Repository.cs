using System.Reflection;

namespace Viper.Images.Builder.Tests;

/// <summary>Where the repository is, and what the tests keep there between runs.</summary>
internal static class Repository
{
    internal static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    internal static string InitSources => Path.Combine(Root, "guest/init");

    internal static string BrowserRecipe => Path.Combine(Root, "images/recipes/browser/recipe.txt");

    /// <summary>Packages stay here from one run to the next, so that only the first fetches them.</summary>
    internal static string PackageCache => Path.Combine(Root, "artifacts/test-cache");
}

namespace Viper.Architecture.Tests;

/// <summary>The root of the working tree that the tests were built from.</summary>
internal static class RepositoryFolder
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Viper.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Viper.sln above {AppContext.BaseDirectory}.");
    }
}

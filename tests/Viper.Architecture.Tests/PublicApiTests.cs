using System.Reflection;

namespace Viper.Architecture.Tests;

/// <summary>
/// The public API of each library is the text file <c>PublicAPI.txt</c> beside its project.
/// After a change that is meant: VIPER_ACCEPT_API=1 make check, and the difference is part of the review.
/// </summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Libraries =>
    [
        "Viper.Cdp", "Viper.Client", "Viper.Contracts", "Viper.Hypervisor", "Viper.Images", "Viper.Net", "Viper.Orchestration", "Viper.State",
    ];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void PublicApi_OfALibrary_IsTheFileBesideIt(string library)
    {
        string path = Path.Combine(RepositoryFolder.Path, "lib", library, "PublicAPI.txt");
        string actual = PublicApiText.Of(Assembly.Load(library));
        if (Environment.GetEnvironmentVariable("VIPER_ACCEPT_API") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing; VIPER_ACCEPT_API=1 writes it.");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    [Fact]
    public void Libraries_InTheList_AreAllThereAre()
    {
        IEnumerable<string> folders = Directory.GetDirectories(Path.Combine(RepositoryFolder.Path, "lib"))
            .Where(static f => Directory.GetFiles(f, "*.csproj").Length > 0)
            .Select(static f => Path.GetFileName(f))
            .Order(StringComparer.Ordinal);
        Assert.Equal(folders, Libraries.Select(static row => row.Data));
    }
}

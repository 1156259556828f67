using System.Xml.Linq;

namespace Viper.Architecture.Tests;

/// <summary>Arrows between projects run downward only; docs/architecture.md has the picture.</summary>
public sealed class LayeringTests
{
    /// <summary>Every project outside tests/ and the projects that it may name.</summary>
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Viper.Contracts"] = [],
        ["Viper.Cdp"] = [],
        ["Viper.Net"] = [],
        ["Viper.State"] = [],
        ["Viper.Hypervisor"] = [],
        ["Viper.Images"] = [],
        ["Viper.Client"] = ["Viper.Contracts"],
        ["Viper.Orchestration"] = ["Viper.Contracts", "Viper.Net", "Viper.State", "Viper.Hypervisor", "Viper.Images"],
        ["Viper.Images.Builder"] = ["Viper.Images"],
        ["Viper.Agent"] = ["Viper.Contracts", "Viper.Cdp"],
        ["Viper.Daemon"] = ["Viper.Contracts", "Viper.Cdp", "Viper.Net", "Viper.State", "Viper.Orchestration", "Viper.Images", "Viper.Images.Builder"],
        ["Viper.Cli"] = ["Viper.Contracts", "Viper.Client"],
        ["Viper.Stage"] = ["Viper.Contracts", "Viper.Client", "Viper.Net"],
        ["Viper.Demo"] = ["Viper.Contracts", "Viper.Client", "Viper.Net", "Viper.Stage"],
        ["Viper.Bench.Peers"] = [],
        ["Viper.Bench"] = ["Viper.Cdp", "Viper.Contracts", "Viper.Client", "Viper.Net", "Viper.State", "Viper.Hypervisor", "Viper.Images", "Viper.Orchestration", "Viper.Stage"],
    };

    [Fact]
    public void Projects_AllOfThem_AreInTheTable()
    {
        string[] found = [.. Projects().Select(static path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];
        Assert.Equal(s_allowed.Keys.Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public void References_OfEveryProject_RunDownward()
    {
        List<string> wrong = [];
        foreach (string path in Projects())
        {
            string name = Path.GetFileNameWithoutExtension(path);
            foreach (string target in References(path))
            {
                if (!s_allowed[name].Contains(target))
                {
                    wrong.Add($"{name} -> {target}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Solution_OfEveryProjectFile_NamesIt()
    {
        string solution = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "Viper.sln"));
        string[] tests = Directory.GetFiles(Path.Combine(RepositoryFolder.Path, "tests"), "*.csproj", SearchOption.AllDirectories);
        Assert.All(Projects().Concat(tests), path => Assert.Contains(Path.GetFileName(path), solution, StringComparison.Ordinal));
    }

    private static IEnumerable<string> References(string path) =>
        XDocument.Load(path).Descendants("ProjectReference")
            .Select(static e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value));

    private static IEnumerable<string> Projects() =>
        from folder in new[] { "lib", "hosts", "guest", "images", "demo", "bench" }
        from path in Directory.GetFiles(Path.Combine(RepositoryFolder.Path, folder), "*.csproj", SearchOption.AllDirectories)
        select path;
}

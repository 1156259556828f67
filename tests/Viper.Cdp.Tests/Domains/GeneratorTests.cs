using Viper.CdpGenerator;

namespace Viper.Cdp.Tests.Domains;

public sealed class GeneratorTests
{
    private static string Folder
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Viper.sln")))
            {
                folder = Path.GetDirectoryName(folder.TrimEnd('/'))!;
            }

            return Path.Combine(folder, "lib", "Viper.Cdp", "Domains");
        }
    }

    [Fact]
    public void Of_TheCommittedFacts_IsWhatIsCommitted()
    {
        var protocol = ProtocolFacts.Read(File.ReadAllLines(Path.Combine(Folder, ProtocolFacts.FileName)));

        var files = DomainFiles.Of(protocol);

        Assert.Equal(
            Directory.GetFiles(Folder, "*.cs").Select(Path.GetFileName).Order(StringComparer.Ordinal),
            files.Select(static file => file.Name).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(File.ReadAllText(Path.Combine(Folder, file.Name)), file.Text));
    }

    [Fact]
    public void Write_TheCommittedFacts_RoundTrips()
    {
        var text = File.ReadAllText(Path.Combine(Folder, ProtocolFacts.FileName));

        Assert.Equal(text, ProtocolFacts.Write(ProtocolFacts.Read(text.TrimEnd('\n').Split('\n'))));
    }

    [Fact]
    public void Facts_OfThePinnedVersion_AreWhole()
    {
        var protocol = ProtocolFacts.Read(File.ReadAllLines(Path.Combine(Folder, ProtocolFacts.FileName)));

        Assert.Equal("0.0.1734725", protocol.Version);
        Assert.Equal((59, 677, 232, 611), (
            protocol.Domains.Count, protocol.Domains.Sum(static d => d.Commands.Count), protocol.Domains.Sum(static d => d.Events.Count),
            protocol.Domains.Sum(static d => d.Types.Count)));
    }
}

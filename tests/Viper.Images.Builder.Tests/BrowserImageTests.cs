using Viper.Images.Tests;

namespace Viper.Images.Builder.Tests;

/// <summary>The recipe that people boot, built twice from the same packages.</summary>
[Collection(nameof(TinyImageGroup))]
public sealed class BrowserImageTests
{
    private readonly TinyImage _tiny;

    public BrowserImageTests(TinyImage tiny)
    {
        _tiny = tiny;
    }

    [Fact]
    public async Task BuildAsync_BrowserTwice_GivesTheSameBytes()
    {
        using TempFolder folder = new();
        BuildRequest request = _tiny.Request with { RecipePath = Repository.BrowserRecipe, StoreDirectory = folder.At("one") };
        CancellationToken token = TestContext.Current.CancellationToken;

        ImageReference one = (await ImageBuilder.BuildAsync(request, null, token)).Image;
        // The second build takes the packages of the first, as it would on any machine that has that image.
        ImageReference two = (await ImageBuilder.BuildAsync(request with { StoreDirectory = folder.At("two") }, null, token)).Image;

        Assert.Equal(one.Manifest.Artifacts, two.Manifest.Artifacts);
        Assert.Equal(one.Id, two.Id);
        Assert.Matches("^[0-9]+\\.[0-9.]+$", one.Manifest.Browser!.Version);
        Assert.Equal(640, one.Manifest.MinimumMemoryMib);
    }
}

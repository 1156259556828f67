namespace Viper.Images.Tests;

public sealed class ImageStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ImageStore _store;

    public ImageStoreTests()
    {
        _store = new ImageStore(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OpenAsync_NoSuchImage_SaysHowToBuildIt()
    {
        ImageNotFoundException thrown = await Assert.ThrowsAsync<ImageNotFoundException>(OpenAsync);

        Assert.Equal("sample", thrown.Image);
        Assert.Contains("viper images build", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_NameWithAPath_IsRefused() =>
        await Assert.ThrowsAsync<ImageNameException>(async () => await _store.OpenAsync("../sample", Token));

    [Theory]
    [InlineData("../../etc\n")]
    [InlineData("")]
    [InlineData("0123456789abcdeg\n")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789")]
    public async Task OpenAsync_PointerToNoBuild_IsRefused(string text)
    {
        SampleImage.Publish(_store);
        File.WriteAllText(_folder.At("sample/current"), text);

        Assert.Equal("pointer", (await Assert.ThrowsAsync<ImageCorruptException>(OpenAsync)).Artifact);
    }

    [Fact]
    public async Task OpenAsync_PointerIsALink_IsRefused()
    {
        SampleImage.Publish(_store);
        File.Move(_folder.At("sample/current"), _folder.At("elsewhere"));
        File.CreateSymbolicLink(_folder.At("sample/current"), _folder.At("elsewhere"));

        Assert.Equal("a symbolic link", (await Assert.ThrowsAsync<ImageCorruptException>(OpenAsync)).Found);
    }

    [Fact]
    public async Task OpenAsync_PointerToABuildThatIsGone_NamesTheManifest()
    {
        SampleImage.Publish(_store);
        File.WriteAllText(_folder.At("sample/current"), "0123456789abcdef\n");

        ImageCorruptException thrown = await Assert.ThrowsAsync<ImageCorruptException>(OpenAsync);

        Assert.Equal(("manifest", "missing"), (thrown.Artifact, thrown.Found));
    }

    [Fact]
    public async Task OpenAsync_ManifestChanged_IsRefusedAlsoAfterItWasRead()
    {
        ImageReference image = SampleImage.Publish(_store);
        await OpenAsync();
        string path = Path.Combine(image.Directory, ImageManifest.FileName);
        File.WriteAllText(path, File.ReadAllText(path).Replace("A sample", "A simple", StringComparison.Ordinal));

        Assert.Equal("manifest", (await Assert.ThrowsAsync<ImageCorruptException>(OpenAsync)).Artifact);
    }

    [Fact]
    public async Task OpenAsync_FolderOfAnotherImage_IsRefused()
    {
        SampleImage.Publish(_store, "other");
        Directory.Move(_folder.At("other"), _folder.At("sample"));

        ImageCorruptException thrown = await Assert.ThrowsAsync<ImageCorruptException>(OpenAsync);

        Assert.Equal(("of image 'sample'", "of image 'other'"), (thrown.Expected, thrown.Found));
    }

    [Fact]
    public async Task Publish_ASecondBuild_IsCurrentAndTheFirstStays()
    {
        ImageReference first = SampleImage.Publish(_store, description: "First");
        ImageReference second = SampleImage.Publish(_store, description: "Second");

        Assert.Equal(second.Id, (await OpenAsync()).Id);
        Assert.NotEqual(first.Id, second.Id);
        Assert.True(File.Exists(first.KernelPath));
    }

    [Fact]
    public void Publish_AThirdBuild_DropsTheFirst()
    {
        ImageReference first = SampleImage.Publish(_store, description: "First");
        ImageReference second = SampleImage.Publish(_store, description: "Second");
        SampleImage.Publish(_store, description: "Third");

        Assert.False(Directory.Exists(first.Directory));
        Assert.True(Directory.Exists(second.Directory));
    }

    [Fact]
    public async Task Publish_TheSameContentOverDamage_Repairs()
    {
        ImageReference image = SampleImage.Publish(_store);
        File.WriteAllText(image.KernelPath, "damage");
        SampleImage.Publish(_store);

        Assert.Equal(image.Id, (await OpenAsync()).Id);
    }

    [Fact]
    public void Lock_AfterABuildThatDied_ClearsItsFolder()
    {
        Directory.CreateDirectory(_folder.At("sample/.build-abc/deep"));

        _store.Lock("sample").Dispose();

        Assert.False(Directory.Exists(_folder.At("sample/.build-abc")));
    }

    [Fact]
    public void Lock_Held_RefusesTheNext()
    {
        using ImageLock held = _store.Lock("sample");

        ImageBusyException thrown = Assert.Throws<ImageBusyException>(() => new ImageStore(_folder.Path).Lock("sample"));

        Assert.Equal("sample", thrown.Image);
        Assert.Contains("another process", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Remove_WhileItIsBuilt_IsRefused()
    {
        SampleImage.Publish(_store);
        using ImageLock held = _store.Lock("sample");

        Assert.Throws<ImageBusyException>(() => _store.Remove("sample"));
    }

    [Fact]
    public void Remove_AnImage_TakesItsFolderAway()
    {
        SampleImage.Publish(_store);

        Assert.True(_store.Remove("sample"));
        Assert.False(Directory.Exists(_folder.At("sample")));
        Assert.False(_store.Remove("sample"));
    }

    [Fact]
    public void List_NoFolder_IsEmpty() => Assert.Empty(new ImageStore(_folder.At("nowhere")).List());

    [Fact]
    public void List_Images_AreInOrderWithTheirSizes()
    {
        SampleImage.Publish(_store, "b");
        SampleImage.Publish(_store, "a");
        Directory.CreateDirectory(_folder.At("Not-An-Image"));
        Directory.CreateDirectory(_folder.At("unfinished"));

        IReadOnlyList<ImageSummary> list = _store.List();

        Assert.Equal(["a", "b"], list.Select(image => image.Name));
        Assert.All(list, image => Assert.Null(image.Problem));
        Assert.Equal(SampleImage.Files.Sum(file => file.Content.Length), list[0].Size);
    }

    [Fact]
    public void List_FileGone_SaysSo()
    {
        File.Delete(SampleImage.Publish(_store).KernelPath);

        Assert.Contains("bzImage is missing", Assert.Single(_store.List()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void List_ManifestDamaged_SaysSo()
    {
        ImageReference image = SampleImage.Publish(_store);
        File.WriteAllText(Path.Combine(image.Directory, ImageManifest.FileName), "{}");

        ImageSummary summary = Assert.Single(_store.List());

        Assert.Null(summary.Manifest);
        Assert.Contains("manifest", summary.Problem, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<ImageReference> OpenAsync() => await _store.OpenAsync("sample", Token);
}

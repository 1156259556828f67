using System.Text.Json;

namespace Viper.Images.Tests;

public sealed class ImageStoreVerifyTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ImageStore _store;
    private readonly ImageReference _image;

    public ImageStoreVerifyTests()
    {
        _store = new ImageStore(_folder.Path);
        _image = SampleImage.Publish(_store);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OpenAsync_WholeImage_GivesAbsolutePaths()
    {
        ImageReference image = await OpenAsync();

        Assert.Equal("the kernel", File.ReadAllText(image.KernelPath));
        Assert.Equal("the kernel, unpacked", File.ReadAllText(image.VmlinuxPath));
        Assert.Equal(512, new FileInfo(image.InitramfsPath).Length);
        Assert.Equal("the root", File.ReadAllText(image.RootPath!));
        Assert.True(Path.IsPathRooted(image.RootPath));
        Assert.Equal(_image.Id, image.Id);
    }

    public static TheoryData<int> EachFile() => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(EachFile))]
    public async Task OpenAsync_ByteChanged_NamesTheArtifactAndBothDigests(int index)
    {
        byte[] content = [.. SampleImage.Files[index].Content];
        content[0] ^= 1;
        File.WriteAllBytes(PathOf(index), content);

        ImageCorruptException thrown = await Assert.ThrowsAsync<ImageCorruptException>(OpenAsync);

        Assert.Equal(SampleImage.Files[index].Role, thrown.Artifact);
        Assert.Equal(PathOf(index), thrown.Path);
        Assert.Contains(_image.Manifest.Artifacts[index].Sha256, thrown.Expected, StringComparison.Ordinal);
        Assert.Contains("SHA-256", thrown.Found, StringComparison.Ordinal);
        Assert.Contains("viper images build sample", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(EachFile))]
    public async Task OpenAsync_Truncated_NamesBothLengths(int index)
    {
        long size = _image.Manifest.Artifacts[index].Size;
        File.WriteAllBytes(PathOf(index), SampleImage.Files[index].Content[..^1]);

        ImageCorruptException thrown = await Assert.ThrowsAsync<ImageCorruptException>(OpenAsync);

        Assert.Equal($"{size} bytes long", thrown.Expected);
        Assert.Equal($"{size - 1} bytes long", thrown.Found);
    }

    [Theory]
    [MemberData(nameof(EachFile))]
    public async Task OpenAsync_FileGone_SaysMissing(int index)
    {
        File.Delete(PathOf(index));

        ImageCorruptException thrown = await Assert.ThrowsAsync<ImageCorruptException>(OpenAsync);

        Assert.Equal("missing", thrown.Found);
    }

    [Theory]
    [MemberData(nameof(EachFile))]
    public async Task OpenAsync_FileReplacedByALinkToTheSameBytes_IsRefused(int index)
    {
        string elsewhere = _folder.At("elsewhere");
        File.Move(PathOf(index), elsewhere);
        File.CreateSymbolicLink(PathOf(index), elsewhere);

        ImageCorruptException thrown = await Assert.ThrowsAsync<ImageCorruptException>(OpenAsync);

        Assert.Equal("a symbolic link", thrown.Found);
    }

    [Fact]
    public async Task OpenAsync_FileReplacedByAFolder_IsRefused()
    {
        File.Delete(PathOf(0));
        Directory.CreateDirectory(PathOf(0));

        Assert.Equal("not a regular file", (await Assert.ThrowsAsync<ImageCorruptException>(OpenAsync)).Found);
    }

    [Fact]
    public async Task OpenAsync_ChangedAfterACheckWithSizeAndTimesPutBack_IsFound()
    {
        await OpenAsync();
        DateTime before = File.GetLastWriteTimeUtc(PathOf(3));
        File.WriteAllText(PathOf(3), "the rooT");
        File.SetLastWriteTimeUtc(PathOf(3), before);

        await Assert.ThrowsAsync<ImageCorruptException>(OpenAsync);
        await Assert.ThrowsAsync<ImageCorruptException>(async () => await new ImageStore(_folder.Path).OpenAsync("sample", Token));
    }

    [Fact]
    public async Task OpenAsync_Touched_IsReadAgainAndGood()
    {
        await OpenAsync();
        File.SetLastWriteTimeUtc(PathOf(3), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal(_image.Id, (await OpenAsync()).Id);
    }

    // A record of a check that never was is the only way to see from outside that the bytes are not read again.
    [Fact]
    public async Task OpenAsync_StampRemembered_IsTakenForTheBytes()
    {
        File.WriteAllText(PathOf(3), "the rooT");
        Remember(_image.Manifest.Artifacts[3].Sha256);

        Assert.Equal(_image.Id, (await new ImageStore(_folder.Path).OpenAsync("sample", Token)).Id);
    }

    [Fact]
    public async Task OpenAsync_StampRememberedForAnotherDigest_IsNotTaken()
    {
        File.WriteAllText(PathOf(3), "the rooT");
        Remember(SampleImage.Digest);

        await Assert.ThrowsAsync<ImageCorruptException>(async () => await new ImageStore(_folder.Path).OpenAsync("sample", Token));
    }

    [Theory]
    [InlineData(101, true)]
    [InlineData(99, false)]
    [InlineData(-5_000, false)]
    public void IsSettled_ChangedSoManyMillisecondsAgo_DecidesWhetherTheStampIsKept(int ago, bool settled)
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddSeconds(1_800_000_000);
        long changed = (1_800_000_000_000L - ago) * 1_000_000;

        Assert.Equal(settled, ImageStore.IsSettled(new FileStamp(1, 2, 3, 4, changed), now));
    }

    [Fact]
    public async Task OpenAsync_FilesAtRest_RemembersEveryOne()
    {
        string memory = Path.Combine(_image.Directory, VerifiedFiles.FileName);
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (!File.Exists(memory) || JsonSerializer.Deserialize(File.ReadAllBytes(memory), ManifestJson.Default.VerifiedFiles)!.Files.Count < 4)
        {
            await _store.OpenAsync("sample", deadline.Token);
        }

        Assert.Equal(
            _image.Manifest.Artifacts.Select(artifact => artifact.Sha256),
            JsonSerializer.Deserialize(File.ReadAllBytes(memory), ManifestJson.Default.VerifiedFiles)!.Files.Select(file => file.Sha256));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"files\":[")]
    [InlineData("{\"files\":null}")]
    public async Task OpenAsync_MemoryOfChecksDamaged_ReadsTheFiles(string text)
    {
        File.WriteAllText(Path.Combine(_image.Directory, VerifiedFiles.FileName), text);

        Assert.Equal(_image.Id, (await OpenAsync()).Id);
    }

    [Fact]
    public async Task OpenAsync_Cancelled_Throws()
    {
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _store.OpenAsync("sample", cancelled.Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<ImageReference> OpenAsync() => await _store.OpenAsync("sample", Token);

    private string PathOf(int index) => Path.Combine(_image.Directory, SampleImage.Files[index].File);

    private void Remember(string digestOfRoot)
    {
        List<VerifiedFile> files = [];
        foreach (ImageArtifact artifact in _image.Manifest.Artifacts)
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = PlainFile.TryOpen(Path.Combine(_image.Directory, artifact.File), out FileStamp stamp, out _)!;
            files.Add(new VerifiedFile(artifact.File, artifact.Role == ImageArtifact.Root ? digestOfRoot : artifact.Sha256, stamp));
        }

        File.WriteAllBytes(
            Path.Combine(_image.Directory, VerifiedFiles.FileName),
            JsonSerializer.SerializeToUtf8Bytes(new VerifiedFiles(files), ManifestJson.Default.VerifiedFiles));
    }
}

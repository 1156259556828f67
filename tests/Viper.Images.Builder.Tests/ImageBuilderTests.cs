using System.Diagnostics;
using Viper.Images.Tests;

namespace Viper.Images.Builder.Tests;

[Collection(nameof(TinyImageGroup))]
public sealed class ImageBuilderTests
{
    private readonly TinyImage _tiny;

    public ImageBuilderTests(TinyImage tiny)
    {
        _tiny = tiny;
    }

    [Fact]
    public async Task BuildAsync_SameInputs_GivesTheSameBytes()
    {
        using TempFolder folder = new();

        BuildResult again = await ImageBuilder.BuildAsync(_tiny.Request with { StoreDirectory = folder.At("store") }, null, Token);

        Assert.False(again.UpToDate);
        AssertSame(_tiny.Image, again.Image);
    }

    [Fact]
    public async Task BuildAsync_NothingChanged_IsUpToDateWithoutAStep()
    {
        List<BuildStep> steps = [];

        BuildResult again = await ImageBuilder.BuildAsync(_tiny.Request, new StepList(steps), Token);

        Assert.True(again.UpToDate);
        Assert.Empty(steps);
        Assert.Equal(_tiny.Image.Id, again.Image.Id);
    }

    [Fact]
    public void BuildAsync_EveryStep_BeginsAndEnds()
    {
        string[] steps = ["packages", "init", "kernel", "root tree", "initramfs", "root image", "manifest", "check"];

        Assert.All(steps, name => Assert.Equal([false, true], _tiny.Steps.Where(step => step.Name == name).Select(step => step.Elapsed is not null)));
    }

    [Fact]
    public async Task BuildAsync_AgentChanged_BuildsFromTheSamePackagesWithoutNetwork()
    {
        using TempFolder folder = new();
        CopyImage(_tiny.Request.StoreDirectory, folder.At("store"));
        File.WriteAllBytes(folder.At("agent"), [.. File.ReadAllBytes(_tiny.Request.AgentPath), 0]);
        List<BuildStep> steps = [];

        BuildResult built = await ImageBuilder.BuildAsync(_tiny.Request with { StoreDirectory = folder.At("store"), AgentPath = folder.At("agent") }, new StepList(steps), Token);

        Assert.False(built.UpToDate);
        Assert.DoesNotContain(steps, step => step.Name is "packages" or "package lists");
        Assert.Equal(_tiny.Image.Manifest.Packages, built.Image.Manifest.Packages);
        Assert.NotEqual(_tiny.Image.Id, built.Image.Id);
    }

    [Fact]
    public async Task BuildAsync_ImageDamaged_BuildsItAgain()
    {
        using TempFolder folder = new();
        CopyImage(_tiny.Request.StoreDirectory, folder.At("store"));
        File.WriteAllText(Path.Combine(folder.At("store/tiny"), _tiny.Image.Id, "root.erofs"), "damage");

        BuildResult built = await ImageBuilder.BuildAsync(_tiny.Request with { StoreDirectory = folder.At("store") }, null, Token);

        Assert.False(built.UpToDate);
        AssertSame(_tiny.Image, built.Image);
    }

    [Fact]
    public async Task BuildAsync_ThroughAnotherUmask_GivesTheSameBytes()
    {
        using TempFolder folder = new();
        Prepare(folder);
        Command.Run("/bin/sh", "-c", $"umask 077; {ChildBuild.Folder}='{folder.Path}' exec '{Environment.ProcessPath}' -explicit only -method '*.BuildInAFolder_AsAnotherTestSays_Builds'");

        AssertSame(_tiny.Image, await new ImageStore(folder.At("store")).OpenAsync("tiny", Token));
    }

    [Fact]
    public async Task BuildAsync_KilledInTheMiddle_LeavesNoImageAndTheNextClearsUp()
    {
        using TempFolder folder = new();
        BuildRequest request = Prepare(folder);
        using (Process child = StartChild(folder))
        {
            while (await child.StandardOutput.ReadLineAsync(Token) is { } line && !line.Contains("root image begins", StringComparison.Ordinal))
            {
            }

            child.Kill();
            await child.WaitForExitAsync(Token);
        }

        Assert.NotEmpty(Directory.GetDirectories(folder.At("store/tiny"), ".build-*"));
        Assert.Empty(new ImageStore(folder.At("store")).List());

        BuildResult built = await ImageBuilder.BuildAsync(request, null, Token);

        AssertSame(_tiny.Image, built.Image);
        Assert.Equal([built.Image.Directory], Directory.GetDirectories(folder.At("store/tiny")));
    }

    [Fact]
    public async Task BuildAsync_Cancelled_LeavesNothing()
    {
        using TempFolder folder = new();
        using CancellationTokenSource cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        StepList progress = new([], step =>
        {
            if (step.Name == "root tree")
            {
                cancelled.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ImageBuilder.BuildAsync(_tiny.Request with { StoreDirectory = folder.At("store") }, progress, cancelled.Token));

        Assert.Empty(Directory.GetDirectories(folder.At("store/tiny")));
    }

    [Fact]
    public async Task BuildAsync_SameImageElsewhere_IsRefused()
    {
        using TempFolder folder = new();
        using ImageLock held = new ImageStore(folder.At("store")).Lock("tiny");

        await Assert.ThrowsAsync<ImageBusyException>(() => ImageBuilder.BuildAsync(_tiny.Request with { StoreDirectory = folder.At("store") }, null, Token));
    }

    [Fact]
    public async Task BuildAsync_NoAgent_SaysHowToBringIt()
    {
        MissingArtifactException thrown = await Assert.ThrowsAsync<MissingArtifactException>(
            () => ImageBuilder.BuildAsync(_tiny.Request with { AgentPath = "/nowhere/viper-agent" }, null, Token));

        Assert.Equal(("the guest agent", "/nowhere/viper-agent"), (thrown.Artifact, thrown.Path));
        Assert.Contains("make build", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BuildAsync_NoInitSources_SaysWhatToCopy() =>
        Assert.Contains("guest/init", (await Assert.ThrowsAsync<MissingArtifactException>(
            () => ImageBuilder.BuildAsync(_tiny.Request with { InitSourceDirectory = "/nowhere" }, null, Token))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task BuildAsync_FileOfTheRecipeGone_NamesIt()
    {
        using TempFolder folder = new();
        BuildRequest request = Prepare(folder);
        File.Delete(folder.At("motd"));

        Assert.Contains("'motd'", (await Assert.ThrowsAsync<MissingArtifactException>(() => ImageBuilder.BuildAsync(request, null, Token))).Message, StringComparison.Ordinal);
    }

    // In a network namespace without any interface, and with an empty cache.
    [Fact]
    public void BuildAsync_NoNetworkAndNoPackages_SaysWhatToCopyWhere()
    {
        using TempFolder folder = new();
        Prepare(folder);
        Directory.CreateDirectory(folder.At("cache"));

        string output = Command.Run(
            "unshare", "--net", "/bin/sh", "-c",
            $"{ChildBuild.Folder}='{folder.Path}' '{Environment.ProcessPath}' -explicit only -method '*.BuildInAFolder_AsAnotherTestSays_Builds' || true");

        Assert.Contains("The image cannot be built:", output, StringComparison.Ordinal);
        Assert.Contains(folder.At("cache/packages"), output, StringComparison.Ordinal);
        Assert.Contains("copy the .deb files", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(folder.At("store/tiny")));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The recipe and agent of the shared image, byte for byte, in another folder.
    private BuildRequest Prepare(TempFolder folder)
    {
        foreach (string file in (ReadOnlySpan<string>)["recipe.txt", "motd", "agent"])
        {
            File.Copy(_tiny.At(file), folder.At(file));
        }

        return _tiny.Request with { RecipePath = folder.At("recipe.txt"), AgentPath = folder.At("agent"), StoreDirectory = folder.At("store") };
    }

    private static Process StartChild(TempFolder folder)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["-explicit", "only", "-method", "*.BuildInAFolder_AsAnotherTestSays_Builds"]) { RedirectStandardOutput = true };
        start.Environment[ChildBuild.Folder] = folder.Path;
        return Process.Start(start)!;
    }

    private static void CopyImage(string from, string to) => Command.Run("cp", "-a", from, to);

    private static void AssertSame(ImageReference expected, ImageReference actual)
    {
        Assert.Equal(expected.Manifest.Artifacts, actual.Manifest.Artifacts);
        Assert.Equal(expected.Id, actual.Id);
        foreach (ImageArtifact artifact in expected.Manifest.Artifacts)
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(expected.Directory, artifact.File)), File.ReadAllBytes(Path.Combine(actual.Directory, artifact.File)));
        }
    }
}

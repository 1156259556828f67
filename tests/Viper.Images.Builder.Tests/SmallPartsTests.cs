using Viper.Images.Builder.Packages;
using Viper.Images.Builder.Rootfs;
using Viper.Images.Builder.Tools;
using Viper.Images.Tests;

namespace Viper.Images.Builder.Tests;

public sealed class SmallPartsTests
{
    [Fact]
    public void DebFileParse_NameWithEpoch_GivesThePlainVersion() =>
        Assert.Equal(new DebFile("zlib1g", "1:1.2.13.dfsg-1", "amd64"), DebFile.Parse("zlib1g_1%3a1.2.13.dfsg-1_amd64.deb"));

    [Theory]
    [InlineData("")]
    [InlineData("a_b.deb")]
    [InlineData("a_1_amd64.udeb")]
    [InlineData("../a_1_amd64.deb")]
    [InlineData("_1_amd64.deb")]
    public void DebFileParse_OtherName_Throws(string file) => Assert.Throws<ImageBuildException>(() => DebFile.Parse(file));

    [Fact]
    public void StatusOf_DroppedPackages_CountAsInstalled()
    {
        string status = AptWorkspace.StatusOf(["kmod", "openssl"]);

        Assert.Contains("Package: kmod\nStatus: install ok installed\n", status, StringComparison.Ordinal);
        Assert.Equal(2, status.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void UuidOf_SameSeed_IsTheSameUuidOfVersion8()
    {
        string uuid = ErofsImage.UuidOf("seed");

        Assert.Equal(uuid, ErofsImage.UuidOf("seed"));
        Assert.NotEqual(uuid, ErofsImage.UuidOf("other"));
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$", uuid);
    }

    [Fact]
    public void RequiredToolsMissing_EmptySearchPath_NamesProgramsAndPackages()
    {
        IReadOnlyList<RequiredTool> missing = RequiredTools.Missing("");

        Assert.Contains(new RequiredTool("mkfs.erofs", "erofs-utils"), missing);
        Assert.Contains("apt-get install", new MissingToolException(missing).Message, StringComparison.Ordinal);
        Assert.Contains("erofs-utils", new MissingToolException(missing).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequiredToolsMissing_ThisMachine_IsNothing() => Assert.Empty(RequiredTools.Missing());

    [Fact]
    public async Task ToolRunAsync_Failure_SaysWhatTheProgramSaid()
    {
        ImageBuildException thrown = await Assert.ThrowsAsync<ImageBuildException>(
            () => Tool.RunAsync("dpkg-deb", ["--fsys-tarfile", "/nowhere.deb"], TestContext.Current.CancellationToken));

        Assert.Contains("dpkg-deb ended with exit code", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere.deb", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToolRunAsync_NoSuchProgram_Throws() =>
        await Assert.ThrowsAsync<ImageBuildException>(() => Tool.RunAsync("no-such-program", [], TestContext.Current.CancellationToken));

    [Fact]
    public async Task ToolRunAsync_Program_IsInASessionOfItsOwn()
    {
        // The sixth field of stat is the session (proc_pid_stat(5)); the shell that reads it is the program.
        string stat = await Tool.RunAsync("sh", ["-c", "cat /proc/$$/stat"], TestContext.Current.CancellationToken);
        string[] fields = stat.Split(' ');

        Assert.Equal(fields[0], fields[5]);
    }

    [Fact]
    public async Task ToolRunAsync_ProgramLeavesTemporaryFiles_TheyAreGone()
    {
        string file = await Tool.RunAsync("mktemp", [], TestContext.Current.CancellationToken);

        Assert.Contains("/viper-tool-", file, StringComparison.Ordinal);
        Assert.False(File.Exists(file.Trim()));
    }

    [Fact]
    public async Task ToolRunAsync_Cancelled_EndsTheProgram()
    {
        using CancellationTokenSource cancelled = new();
        Task<string> run = Tool.RunAsync("sleep", ["infinity"], cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task PackageCacheOpenAsync_WhileHeld_Waits()
    {
        using TempFolder folder = new();
        PackageCache first = await PackageCache.OpenAsync(folder.Path, TestContext.Current.CancellationToken);
        Task<PackageCache> second = PackageCache.OpenAsync(folder.Path, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);

        first.Dispose();

        (await second).Dispose();
    }
}

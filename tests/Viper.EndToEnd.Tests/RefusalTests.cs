using Viper.Contracts;
using Viper.Stage;

namespace Viper.EndToEnd.Tests;

/// <summary>What cannot be done is said by a typed problem and an exit code, and leaves nothing behind.</summary>
public sealed class RefusalTests(SharedStage shared) : SharedStageTests(shared)
{
    [Theory]
    [InlineData("Bad_Name", "1", "640")]
    [InlineData("zero", "0", "640")]
    [InlineData("many", "10000", "640")]
    [InlineData("small", "1", "64")]
    public async Task Create_OutOfBounds_IsUsage(string name, string cpu, string memory)
    {
        await StageAssert.FailsAsync(Stage, 2, ProblemCodes.ValidationFailed, "vms", "create", name, "--cpu", cpu, "--memory", memory);
        await StageAssert.NothingLeftAsync(Stage);
    }

    [Fact]
    public async Task Create_OfATakenName_IsAConflict()
    {
        ProgramResult first = await Stage.RunViperAsync(["vms", "create", "taken", "--no-wait"], Cancel);
        Assert.True(first.ExitCode == 0, first.Errors);

        await StageAssert.FailsAsync(Stage, 4, ProblemCodes.VmExists, "vms", "create", "taken");

        await StageAssert.DeleteAsync(Stage, "taken");
        await StageAssert.NothingLeftAsync(Stage);
    }

    [Fact]
    public async Task Create_OfAMissingImage_NamesIt()
    {
        Problem problem = await StageAssert.FailsAsync(Stage, 3, ProblemCodes.ImageNotFound, "vms", "create", "a", "--image", "nothing");
        Assert.Contains("nothing", problem.Detail, StringComparison.Ordinal);
        await StageAssert.NothingLeftAsync(Stage);
    }

    [Fact]
    public async Task Get_OfNoVm_IsNotFound() => await StageAssert.FailsAsync(Stage, 3, ProblemCodes.VmNotFound, "vms", "get", "nobody");

    [Fact]
    public async Task Create_OfACorruptImage_NamesTheArtifact()
    {
        string images = Directory.CreateTempSubdirectory("viper-img-").FullName;
        try
        {
            ImageCopy.Make(SharedStage.Options.Images, images, "browser");
            await using ViperStage stage = await ViperStage.StartAsync(SharedStage.Options with { Images = images }, Cancel);
            ImageCopy.FlipByte(images, "browser", "vmlinux");

            Problem problem = await StageAssert.FailsAsync(stage, 1, ProblemCodes.ImageCorrupt, "vms", "create", "a");

            Assert.Contains("vmlinux", problem.Detail, StringComparison.Ordinal);
            await StageAssert.NothingLeftAsync(stage);
        }
        finally
        {
            Directory.Delete(images, recursive: true);
        }
    }

    [Fact]
    public async Task Create_OnAFullPool_SaysTheLimit()
    {
        await using ViperStage stage = await ViperStage.StartAsync(With("VIPER_SUBNET", "192.168.127.0/30"), Cancel);
        ProgramResult first = await stage.RunViperAsync(["vms", "create", "only", "--no-wait"], Cancel);
        Assert.True(first.ExitCode == 0, first.Errors);

        Problem problem = await StageAssert.FailsAsync(stage, 5, ProblemCodes.CapacityExhausted, "vms", "create", "more");

        Assert.Equal((1, 1), (problem.Limit, problem.Running));
        await StageAssert.DeleteAsync(stage, "only");
        await StageAssert.NothingLeftAsync(stage);
    }

    [Fact]
    public async Task Create_WithoutQemu_SaysWhatToInstall()
    {
        StageOptions options = With("VIPER_QEMU", "/nonexistent/qemu");
        await using ViperStage stage = await ViperStage.StartAsync(options, Cancel);

        Problem problem = await StageAssert.FailsAsync(stage, 1, ProblemCodes.HostNotReady, "vms", "create", "a");

        Assert.Contains("qemu", problem.Detail, StringComparison.Ordinal);
        await StageAssert.NothingLeftAsync(stage);
    }

    [Fact]
    public async Task Create_WithoutSetup_SaysToSetUp()
    {
        await using ViperStage stage = await ViperStage.SetAsync(SharedStage.Options, Cancel);
        await stage.StartDaemonAsync(Cancel);

        Problem problem = await StageAssert.FailsAsync(stage, 1, ProblemCodes.HostNotReady, "vms", "create", "a");

        Assert.Contains("viper setup", problem.Detail, StringComparison.Ordinal);
        await StageAssert.NothingLeftAsync(stage);
    }

    [Theory]
    [InlineData("mount --bind /dev/null /dev/net/tun")]
    [InlineData("mount -t tmpfs none /dev/net")]
    public async Task Create_WithoutTheTunDevice_SaysSo(string hide)
    {
        await using ViperStage stage = await ViperStage.SetAsync(SharedStage.Options, Cancel);
        await stage.SetUpHostAsync(Cancel);

        // Seen by this daemon alone: a mount namespace in which the device is another, or none.
        await stage.StartDaemonAsync(Cancel, "unshare", "--mount", "sh", "-c", hide + " && exec \"$@\"", "sh");

        Problem problem = await StageAssert.FailsAsync(stage, 1, ProblemCodes.HostNotReady, "vms", "create", "a");

        Assert.Contains("/dev/net/tun", problem.Detail, StringComparison.Ordinal);
        await StageAssert.NothingLeftAsync(stage);
    }

    [Fact]
    public async Task Daemon_OnAHeldStateDirectory_NamesTheHolder()
    {
        ProgramResult second = await Stage.RunViperdAsync(
            ["serve", "--runtime-dir", Path.Combine(Stage.Folder, "run2"), "--api-base", $"unix:{Stage.Folder}/run2/viper.sock"], Cancel);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"{Stage.Daemon!.Id}", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daemon_OnAHeldBridge_IsRefusedWhateverItsStateDirectory()
    {
        string folder = Path.Combine(Stage.Folder, "other");
        ProgramResult second = await Stage.RunViperdAsync(
            ["serve", "--state-dir", folder, "--runtime-dir", folder, "--log-dir", folder, "--api-base", $"unix:{folder}/viper.sock"], Cancel);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("The bridge viperbr0 is in use", second.Errors, StringComparison.Ordinal);
    }

    private static StageOptions With(string name, string value) =>
        SharedStage.Options with { Environment = new Dictionary<string, string> { [name] = value } };
}

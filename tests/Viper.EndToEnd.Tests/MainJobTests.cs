using System.Text.Json;
using Microsoft.Playwright;
using Viper.Contracts;
using Viper.Stage;

namespace Viper.EndToEnd.Tests;

public sealed class MainJobTests(SharedStage shared) : SharedStageTests(shared)
{
    [Fact]
    public async Task Browser_InAVm_OpensThePageAndLeavesNothing()
    {
        Vm vm = await StageAssert.CreateAsync(Stage, "main", "--label", "team=qa");
        Assert.StartsWith("HeadlessChrome/", vm.Browser?.Product, StringComparison.Ordinal);
        Assert.Equal("qa", vm.Labels["team"]);
        await using (ForwardedBrowser forwarded = await ForwardedBrowser.ConnectAsync(Stage, "main"))
        {
            IPage page = await forwarded.NewPageAsync();
            await page.GotoAsync(WorldServer.Address.ToString());
            await page.WaitForSelectorAsync("html[data-ready]");
            Assert.Equal("The Viper demo site", await page.TitleAsync());
            Assert.Equal("24133", await page.TextContentAsync("#computed"));
            Assert.Equal("102400", await page.TextContentAsync("#pixels"));
            StageAssert.IsPicture(await page.ScreenshotAsync(), 1280, 800);

            await page.GotoAsync(new Uri(WorldServer.Address, "form.html").ToString());
            await page.FillAsync("input[name=name]", "Ærøskøbing <b>");
            await page.ClickAsync("button");
            Assert.Equal("Hello, Ærøskøbing <b>!", await page.TextContentAsync("#greeting"));
        }

        await AssertShownAsync(vm);
        await StageAssert.DeleteAsync(Stage, "main");
        await StageAssert.NothingLeftAsync(Stage);
    }

    /// <summary>Beside the living daemon: what the kernel counted of this VM, by its name.</summary>
    private async Task AssertShownAsync(Vm vm)
    {
        ProgramResult shown = await Stage.RunViperAsync(["net", "show", "--json"], TestContext.Current.CancellationToken);
        Assert.True(shown.ExitCode == 0, shown.Errors);
        JsonElement guest = Assert.Single(JsonDocument.Parse(shown.Output).RootElement.GetProperty("vms").EnumerateArray());
        Assert.Equal(
            (vm.Name, vm.IpAddress, "internet", "up"),
            (guest.GetProperty("vm").GetString(), guest.GetProperty("ip_address").GetString(), guest.GetProperty("policy").GetString(), guest.GetProperty("tap_state").GetString()));
        Assert.True(guest.GetProperty("sent_bytes").GetInt64() > 0 && guest.GetProperty("received_bytes").GetInt64() > 0, shown.Output);
    }

    [Fact]
    public async Task Screenshot_ByTheCli_IsAPicture()
    {
        await StageAssert.CreateAsync(Stage, "shot");
        string file = Path.Combine(Stage.Folder, "shot.png");

        ProgramResult result = await Stage.RunViperAsync(["screenshot", "shot", WorldServer.Address.ToString(), "-o", file], Cancel);

        Assert.True(result.ExitCode == 0, result.Errors);
        byte[] picture = await File.ReadAllBytesAsync(file, Cancel);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], picture[..4]);
        Assert.True(picture.Length > 10_000, $"{picture.Length} bytes are no picture of that page.");
        await StageAssert.FailsAsync(Stage, 1, "navigation_failed", "screenshot", "shot", "http://203.0.113.10:1/", "-o", file + ".none");
        Assert.False(File.Exists(file + ".none"));
        await StageAssert.DeleteAsync(Stage, "shot");
    }

    [Fact]
    public async Task Stop_OfARunningVm_ShutsTheGuestDownInOrder()
    {
        Vm before = await StageAssert.CreateAsync(Stage, "orderly");
        long seq = (await Stage.Client.GetStatusAsync(Cancel)).LastSeq;

        Vm stopped = await Stage.Client.StopVmAsync("orderly", force: false, Cancel);

        Assert.Equal((VmStatus.Stopped, "stopped as asked: the guest shut down"), (stopped.Status, stopped.StatusReason));
        await StageAssert.EventAsync(Stage, seq, "orderly", VmEventTypes.Stopped);
        ProgramResult logs = await Stage.RunViperAsync(["vms", "logs", "orderly", "--tail", "500"], Cancel);
        Assert.Contains("viper: ready", logs.Output, StringComparison.Ordinal);

        ProgramResult started = await Stage.RunViperAsync(["vms", "start", "orderly", "--json"], Cancel);
        Assert.True(started.ExitCode == 0, started.Errors);
        Vm after = await Stage.Client.WaitVmAsync("orderly", Client.VmCondition.Ready, SharedStage.Patience, Cancel);
        Assert.Equal((before.IpAddress, before.MacAddress), (after.IpAddress, after.MacAddress));
        await StageAssert.DeleteAsync(Stage, "orderly");
        await StageAssert.NothingLeftAsync(Stage);
    }

    [Fact]
    public async Task DevTools_OfAVm_AnswersAtTheDaemonWithItsOwnAddresses()
    {
        await StageAssert.CreateAsync(Stage, "tools");

        using HttpResponseMessage answer = await UnixHttp.GetAsync(Stage, "/api/v1/vms/tools/agent/json/version/", Cancel);

        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        string socket = json.RootElement.GetProperty("webSocketDebuggerUrl").GetString()!;
        Assert.StartsWith("ws://localhost/api/v1/vms/tools/agent/devtools/browser/", socket, StringComparison.Ordinal);
        await StageAssert.DeleteAsync(Stage, "tools");
    }
}

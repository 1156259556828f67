using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Playwright;
using Viper.Contracts;
using Viper.Stage;

namespace Viper.EndToEnd.Tests;

public sealed class CrashTests(SharedStage shared) : SharedStageTests(shared)
{
    [Fact]
    public async Task Vmm_Killed_IsToldOnTheStreamAndDeletable()
    {
        ViperStage stage = Stage;
        Vm vm = await StageAssert.CreateAsync(stage, "victim");
        long seq = (await stage.Client.GetStatusAsync(Cancel)).LastSeq;

        Kill(vm.Pid!.Value);

        VmEvent crashed = await StageAssert.EventAsync(stage, seq, "victim", VmEventTypes.Crashed);
        Assert.Equal(9, crashed.Data.GetProperty("signal").GetInt32());
        Vm after = await stage.Client.WaitVmAsync("victim", Client.VmCondition.Stopped, SharedStage.Patience, Cancel);
        Assert.Equal((VmStatus.Crashed, (int?)null), (after.Status, after.Pid));
        Assert.Empty(Leftovers.Taps(stage.Network!.Viper));
        await StageAssert.DeleteAsync(stage, "victim");
        await StageAssert.NothingLeftAsync(stage);
    }

    [Fact]
    public async Task Vmm_Frozen_CallsToItsAgentEndAndItIsDeletable()
    {
        ViperStage stage = Stage;
        Vm vm = await StageAssert.CreateAsync(stage, "frozen");
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(SharedStage.Patience);
        using HttpResponseMessage before = await UnixHttp.GetAsync(stage, "/api/v1/vms/frozen/agent/status", patience.Token);
        StopSignal(vm.Pid!.Value);

        // Over the connection that is there already, and over one that would have to be made.
        using HttpResponseMessage first = await UnixHttp.GetAsync(stage, "/api/v1/vms/frozen/agent/status", patience.Token);
        using HttpResponseMessage second = await UnixHttp.GetAsync(stage, "/api/v1/vms/frozen/agent/status", patience.Token);

        Assert.Equal((200, 502, 502), ((int)before.StatusCode, (int)first.StatusCode, (int)second.StatusCode));
        await StageAssert.DeleteAsync(stage, "frozen");
        await StageAssert.NothingLeftAsync(stage);
    }

    [Fact]
    public async Task Chrome_Crashed_IsToldAndStartedAgain()
    {
        ViperStage stage = Stage;
        await StageAssert.CreateAsync(stage, "phoenix");
        long seq = (await stage.Client.GetStatusAsync(Cancel)).LastSeq;
        await using (ChildProgram forward = stage.StartViper("vms", "forward", "phoenix"))
        {
            Uri address = new((await forward.Output.ReadLineAsync(Cancel))!);
            Assert.Equal(4010, await CrashBrowserAsync(new Uri($"ws://{address.Authority}/devtools/browser/default")));
        }

        await StageAssert.EventAsync(stage, seq, "phoenix", VmEventTypes.BrowserCrashed);
        await BrowserAgainAsync(stage, "phoenix");
        Assert.Equal(VmStatus.Running, (await stage.Client.GetVmAsync("phoenix", Cancel)).Status);
        await StageAssert.DeleteAsync(stage, "phoenix");
    }

    [Fact]
    public async Task Delete_WhileStarting_LeavesNothing()
    {
        ViperStage stage = Stage;
        ProgramResult created = await stage.RunViperAsync(["vms", "create", "early", "--no-wait", "--json"], Cancel);
        Assert.True(created.ExitCode == 0, created.Errors);
        await StageAssert.EventAsync(stage, 0, "early", VmEventTypes.Running);

        await StageAssert.DeleteAsync(stage, "early");

        await StageAssert.NothingLeftAsync(stage);
    }

    [Fact]
    public async Task Daemon_Killed_TheNextOneGoesOnWithItsVm()
    {
        await using ViperStage stage = await ViperStage.StartAsync(SharedStage.Options, Cancel);
        Vm vm = await StageAssert.CreateAsync(stage, "orphan");
        await stage.KillDaemonAsync();
        Assert.True(Directory.Exists($"/proc/{vm.Pid}"));

        await stage.StartDaemonAsync(Cancel);

        Vm after = await stage.Client.GetVmAsync("orphan", Cancel);
        Assert.Equal((VmStatus.Running, vm.Pid, vm.IpAddress), (after.Status, after.Pid, after.IpAddress));
        StageAssert.IsConfined(after);
        await using (ForwardedBrowser forwarded = await ForwardedBrowser.ConnectAsync(stage, "orphan"))
        {
            IPage page = await forwarded.NewPageAsync();
            await page.GotoAsync(WorldServer.Address.ToString());
            Assert.Equal("The Viper demo site", await page.TitleAsync());
        }

        await StageAssert.DeleteAsync(stage, "orphan");
        await StageAssert.NothingLeftAsync(stage);
    }

    [Fact]
    public async Task Daemon_KilledWhileAVmStarts_TheNextOneLeavesNothingOfIt()
    {
        await using ViperStage stage = await ViperStage.StartAsync(SharedStage.Options, Cancel);
        ProgramResult created = await stage.RunViperAsync(["vms", "create", "half", "--no-wait"], Cancel);
        Assert.True(created.ExitCode == 0, created.Errors);
        await StageAssert.EventAsync(stage, 0, "half", VmEventTypes.Running);
        await stage.KillDaemonAsync();

        await stage.StartDaemonAsync(Cancel);

        Assert.Equal(VmStatus.Crashed, (await stage.Client.GetVmAsync("half", Cancel)).Status);
        Assert.Empty(Leftovers.Processes(stage.Folder));
        Assert.Empty(Leftovers.Taps(stage.Network!.Viper));
        Assert.Empty(Leftovers.Sockets(stage.RuntimeFolder));
        await StageAssert.DeleteAsync(stage, "half");
        await StageAssert.NothingLeftAsync(stage);
    }

    [Fact]
    public async Task Daemon_Terminated_StopsItsVms()
    {
        await using ViperStage stage = await ViperStage.StartAsync(SharedStage.Options, Cancel);
        Vm vm = await StageAssert.CreateAsync(stage, "kept");
        stage.Daemon!.Terminate();
        Assert.Equal(0, await stage.Daemon.WaitAsync(Cancel));

        Assert.False(Directory.Exists($"/proc/{vm.Pid}"));
        Assert.Empty(Leftovers.Taps(stage.Network!.Viper));
        await stage.StopDaemonAsync();
        await stage.StartDaemonAsync(Cancel);
        Assert.Equal(VmStatus.Stopped, (await stage.Client.GetVmAsync("kept", Cancel)).Status);
    }

    /// <summary>Has Chrome crash and gives the code with which its socket is closed.</summary>
    internal static async Task<int?> CrashBrowserAsync(Uri socket)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(SharedStage.Patience);
        using ClientWebSocket client = new();
        await client.ConnectAsync(socket, patience.Token);

        // The relay refuses Browser.crash. This page of Chrome's own ends the browser's process wherever it is opened.
        byte[] crash = Encoding.ASCII.GetBytes("""{"id":1,"method":"Target.createTarget","params":{"url":"chrome://inducebrowsercrashforrealz"}}""");
        await client.SendAsync(crash, WebSocketMessageType.Text, true, patience.Token);
        byte[] buffer = new byte[64 * 1024];
        while ((await client.ReceiveAsync(buffer, patience.Token)).MessageType != WebSocketMessageType.Close)
        {
            // What Chrome still had to say.
        }

        return (int?)client.CloseStatus;
    }

    /// <summary>Asks the agent until its browser answers again.</summary>
    internal static async Task BrowserAgainAsync(ViperStage stage, string vm)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(SharedStage.Patience);
        while (true)
        {
            using HttpResponseMessage answer = await UnixHttp.GetAsync(stage, $"/api/v1/vms/{vm}/agent/json/version", patience.Token);
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            await Task.Delay(100, patience.Token);
        }
    }

    private static void StopSignal(int pid)
    {
        using Process kill = Process.Start("/bin/kill", ["-STOP", pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static void Kill(int pid)
    {
        using Process process = Process.GetProcessById(pid);
        process.Kill();
    }
}

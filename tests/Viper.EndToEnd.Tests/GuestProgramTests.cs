using System.Text.Json;
using Viper.Contracts.Agent;
using Viper.Stage;

namespace Viper.EndToEnd.Tests;

/// <summary>Programs and files in a real VM, by the CLI.</summary>
public sealed class GuestProgramTests(SharedStage shared) : SharedStageTests(shared)
{
    [Fact]
    public async Task ProgramAndFiles_InAVm_AreTheUsersAndLeaveNothing()
    {
        await StageAssert.CreateAsync(Stage, "programs");
        string job = Path.Combine(Stage.Folder, "job.sh");
        await File.WriteAllTextAsync(
            job,
            """
            id -u; pwd; grep NoNewPrivs /proc/self/status
            mkdir out; echo "$1" > out/result; ln -s /etc/shadow out/link
            (busybox setsid sleep 1000 &) ; (busybox setsid sh -c 'sleep 1000; sleep 1000' &)
            cat /run/viper/token && echo leaked
            exit 3
            """,
            Cancel);

        ProgramResult sent = await Stage.RunViperAsync(["vms", "cp", job, "programs:"], Cancel);
        Assert.True(sent.ExitCode == 0, sent.Errors);
        ProgramResult ran = await Stage.RunViperAsync(["vms", "exec", "programs", "--", "sh", "job.sh", "a b"], Cancel);
        Assert.Equal((3, "65532\n/home/browser\nNoNewPrivs:\t1\n"), (ran.ExitCode, ran.Output));
        ProgramResult fetched = await Stage.RunViperAsync(["vms", "cp", "programs:out", Path.Combine(Stage.Folder, "fetched")], Cancel);
        Assert.True(fetched.ExitCode == 0, fetched.Errors);
        Assert.Equal("a b\n", await File.ReadAllTextAsync(Path.Combine(Stage.Folder, "fetched", "result"), Cancel));
        ProgramResult left = await Stage.RunViperAsync(["vms", "exec", "programs", "--", "sh", "-c", "pgrep sleep || echo none"], Cancel);
        Assert.Equal("none\n", left.Output);

        // Chrome is the same user's, and lives.
        using HttpResponseMessage answer = await Stage.Client.SendToAgentAsync("programs", HttpMethod.Get, "/status", null, Cancel);
        AgentStatus status = (await JsonSerializer.DeserializeAsync(await answer.Content.ReadAsStreamAsync(Cancel), AgentJsonContext.Default.AgentStatus, Cancel))!;
        Assert.Equal((BrowserHealth.Running, 0), (status.Browser.State, status.Browser.Restarts));
        await StageAssert.DeleteAsync(Stage, "programs");
    }
}

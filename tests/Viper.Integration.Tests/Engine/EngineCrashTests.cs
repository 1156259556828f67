using System.Globalization;

namespace Viper.Integration.Tests.Engine;

/// <summary>The daemon's engine dies by SIGKILL at a system call, and the next one finds every VM whole or gone.</summary>
public sealed class EngineCrashTests
{
    // What changes something outside the process: netlink, taps, files, the database, processes, sockets.
    private static readonly string[] s_calls =
        ["sendto", "sendmsg", "ioctl", "openat", "unlink", "mkdir", "rmdir", "mknodat", "pwrite64", "fdatasync", "write", "connect", "bind", "vfork,clone3,clone", "kill,pidfd_send_signal", "close"];

    [Theory]
    [InlineData("create")]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("delete")]
    [InlineData("pause")]
    public async Task Killed_AtASystemCall_TheNextOneFindsEveryVmWholeOrGone(string command)
    {
        await using EngineStage stage = await EngineStage.SetAsync();
        int number = 0;
        int deaths = 0;
        foreach (string call in s_calls)
        {
            for (int occurrence = 1; occurrence <= Occurrences; occurrence++)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"v{++number}");
                await PrepareAsync(stage.Engine, command, name);
                bool isOver;
                await using (await Killer.AttachAsync(stage.Engine.Pid, call, occurrence))
                {
                    isOver = await stage.Engine.TellAsync($"{command} {name}") is null;
                }

                if (!isOver)
                {
                    await EmptyAsync(stage.Engine);
                    break;
                }

                deaths++;
                await stage.Engine.DisposeAsync();
                await stage.StartAsync();
                await stage.CheckAsync($"{command} of {name}, {call} no. {occurrence}");
                await EmptyAsync(stage.Engine);
                await stage.CheckAsync($"afterwards, {call} no. {occurrence}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{command}: {deaths} deaths"));
        Assert.True(deaths > 0, "It was never killed.");
        await stage.Engine.CloseAsync();
    }

    private static int Occurrences => Environment.GetEnvironmentVariable("VIPER_SOAK") == "1" ? 40 : 4;

    private static async Task PrepareAsync(EngineProcess engine, string command, string name)
    {
        if (command != "create")
        {
            await engine.AskAsync($"create {name}");
        }

        if (command == "start")
        {
            await engine.AskAsync($"stop {name}");
        }
    }

    private static async Task EmptyAsync(EngineProcess engine)
    {
        foreach (string vm in await engine.AskAsync("list"))
        {
            await engine.AskAsync($"delete {vm.Split('=')[0]}");
        }
    }
}

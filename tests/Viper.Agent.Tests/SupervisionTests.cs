using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Viper.Agent.Browser;
using Viper.Agent.Interop;
using Viper.TestKit.Browser;

namespace Viper.Agent.Tests;

public sealed partial class SupervisionTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ring_BrowserAnswers_IsExactlyThisLine()
    {
        await using var agent = AgentHarness.WithFake();

        Assert.Matches(ReadyLine(), await agent.Console.ReadLineAsync());
    }

    [Fact]
    public async Task Ring_NoBrowserInTheImage_SaysNull()
    {
        await using var agent = AgentHarness.WithoutBrowser();

        Assert.Matches(
            """^viper: ready \{"agent":"0\.1\.0","browser":null,"boot_ms":\{"agent_start":\d+,"listening":\d+\}\}$""",
            await agent.Console.ReadLineAsync());
    }

    [Fact]
    public async Task Crash_IsTold_AndTheNextChromeIsReady()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        var first = agent.Agent.Browser.Pid;
        agent.Chrome.BrowserId = "browser-2";

        agent.KillChrome();
        var crashed = await agent.Console.ReadAsync("browser_crashed");
        var ready = await agent.Console.ReadAsync("browser_ready");

        Assert.Equal((9, 0), (crashed.GetProperty("signal").GetInt32(), crashed.GetProperty("restarts").GetInt32()));
        Assert.False(crashed.TryGetProperty("exit_code", out _));
        Assert.Equal((FakeChrome.Product, 1), (ready.GetProperty("browser").GetString(), ready.GetProperty("restarts").GetInt32()));
        Assert.NotEqual(first, agent.Agent.Browser.Pid);
        Assert.Equal("browser-2", agent.Agent.Browser.State.Run?.BrowserId);
        Assert.Contains("\"restarts\":1", await agent.AskAsync("GET", "/status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Crash_AgainAndAgain_PausesDoubleUpToTheLimit()
    {
        await using var agent = AgentHarness.WithFake(
            script: "#!/bin/sh\nexit 7\n",
            change: options => options with { Browser = options.Browser with { MaxBackOff = TimeSpan.FromMilliseconds(50) } });

        List<long> pauses = [];
        for (var i = 0; i < 5; i++)
        {
            var crashed = await agent.Console.ReadAsync("browser_crashed");
            Assert.Equal(7, crashed.GetProperty("exit_code").GetInt32());
            pauses.Add(crashed.GetProperty("restart_in_ms").GetInt64());
        }

        Assert.Equal([10, 20, 40, 50, 50], pauses);
    }

    [Fact]
    public async Task Crash_AfterHealth_PauseBeginsAnew()
    {
        await using var agent = await AgentHarness.WithFake(
            change: options => options with { Browser = options.Browser with { HealthyAfter = TimeSpan.Zero } }).ReadyAsync();

        for (var i = 0; i < 3; i++)
        {
            agent.KillChrome();
            Assert.Equal(10, (await agent.Console.ReadAsync("browser_crashed")).GetProperty("restart_in_ms").GetInt64());
            await agent.Console.ReadAsync("browser_ready");
        }
    }

    [Fact]
    public async Task Start_ChromeNeverListens_IsKilledAndToldAsACrash()
    {
        await using var agent = AgentHarness.WithFake(
            script: "#!/bin/sh\nexec sleep 1000000\n",
            change: options => options with { Browser = options.Browser with { StartDeadline = TimeSpan.FromMilliseconds(300) } });

        Assert.Equal(9, (await agent.Console.ReadAsync("browser_crashed")).GetProperty("signal").GetInt32());
    }

    [Fact]
    public async Task Start_ChromeCannotBeExecuted_SaysWhy()
    {
        await using var agent = AgentHarness.WithFake(script: "#!/no/such/interpreter\n");

        var crashed = await agent.Console.ReadAsync("browser_crashed");

        Assert.Contains("chrome", crashed.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.False(crashed.TryGetProperty("signal", out _));
    }

    [Fact]
    public async Task Exit_WithChildren_TakesTheWholeProcessGroup()
    {
        using var folder = new TempFolder();
        var script = folder.Write("chrome", $"#!/bin/sh\nsleep 1000000 &\necho $! > {folder.At("child")}\necho 'DevTools listening on ws://x/' >&2\nwait\n", executable: true);
        var process = ChromeProcess.Start(Command(folder, script));
        await process.Listening.WaitAsync(s_deadline, Cancel);
        var child = int.Parse(File.ReadAllText(folder.At("child")), null);
        using var ended = FileDescriptor.OpenProcess(child);

        Libc.kill(process.Pid, Libc.SIGKILL);
        var exit = await process.Exited.WaitAsync(s_deadline, Cancel);

        Assert.Equal(9, exit.Signal);
        await Task.Run(() => Poller.Wait([new Libc.PollFd { fd = ended.Number, events = Libc.POLLIN }]), Cancel).WaitAsync(s_deadline, Cancel);
    }

    [Fact]
    public async Task Start_AsAnotherUser_HasNothingOfTheAgents()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Starting a program as another user needs root.");
        using var folder = new TempFolder();
        var script = folder.Write(
            "chrome",
            "#!/bin/sh\nexec >out 2>&1\nid -u; id -g; id -G; pwd; grep NoNewPrivs /proc/self/status; grep -E 'Sig(Blk|Ign)' /proc/self/status; env | sort; ls /proc/self/fd | wc -l; ps -o pgid= -p $$ | tr -d ' '; echo $$\n",
            executable: true);
        var home = folder.MakeFor("home", DebianChrome.GuestUser);
        var process = ChromeProcess.Start(Command(folder, script) with { WorkingDirectory = home, UserId = DebianChrome.GuestUser, Environment = ["HOME=/x", "PATH=/usr/bin:/bin"] });

        var exit = await process.Exited.WaitAsync(s_deadline, Cancel);
        var lines = File.ReadAllLines(Path.Combine(home, "out"));

        Assert.Equal(0, exit.ExitCode);
        Assert.Equal(["65532", "65532", "65532", home, "NoNewPrivs:\t1", "SigBlk:\t0000000000000000"], lines[..6]);

        // Signals 32 and 33 belong to the C library, which lets no one set them.
        Assert.Equal(0ul, ulong.Parse(lines[6].Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 0x7fffffff);
        Assert.Equal(["HOME=/x", "PATH=/usr/bin:/bin"], lines[7..].Where(line => line.StartsWith("HOME=", StringComparison.Ordinal) || line.StartsWith("PATH=", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.Contains("DOTNET", StringComparison.Ordinal));

        // stdin, stdout, stderr, and the folder that ls reads.
        Assert.Equal("4", lines[^3]);
        Assert.Equal(lines[^1], lines[^2]);
    }

    [Fact]
    public async Task Log_Flood_StaysWithinTwiceItsLimit()
    {
        using var folder = new TempFolder();
        var script = folder.Write("chrome", "#!/bin/sh\nhead -c 3000000 /dev/zero\n", executable: true);

        var process = ChromeProcess.Start(Command(folder, script) with { LogLimit = 100_000 });
        Assert.Equal(0, (await process.Exited.WaitAsync(s_deadline, Cancel)).ExitCode);

        Assert.InRange(new FileInfo(folder.At("log")).Length, 1, 100_000);
        Assert.InRange(new FileInfo(folder.At("log.1")).Length, 1, 100_000);
    }

    [Fact]
    public async Task Stop_ChromeIgnoresTheRequest_IsKilledAfterTheGrace()
    {
        await using var agent = await AgentHarness.WithFake(
            script: "#!/bin/sh\ntrap '' TERM\nprintf 'DevTools listening on ws://127.0.0.1:{port}/devtools/browser/x\\n' >&2\nwhile :; do sleep 1000000; done\n",
            change: options => options with { Browser = options.Browser with { StopGrace = TimeSpan.FromMilliseconds(300) } }).ReadyAsync();
        var pid = agent.Agent.Browser.Pid!.Value;
        using var ended = FileDescriptor.OpenProcess(pid);

        await agent.Agent.StopAsync().WaitAsync(s_deadline, Cancel);

        Assert.True(Poller.IsReadable(ended.Number));
    }

    [Fact]
    public async Task Stop_RequestsAreRefusedBeforeChromeIsAsked()
    {
        await using var agent = await AgentHarness.WithFake().ReadyAsync();
        using var kept = await agent.ConnectAsync();

        await agent.Agent.StopAsync().WaitAsync(s_deadline, Cancel);

        Assert.Equal(string.Empty, (await AgentHarness.ExchangeAsync(kept, string.Empty)).Replace("<reset>", string.Empty, StringComparison.Ordinal));
        Assert.Null(agent.Agent.Browser.Pid);
        Assert.False(Directory.Exists($"/proc/{agent.Agent.Browser.State.Run?.Pid ?? -1}"));
    }

    [Fact]
    public void Start_WithoutToken_FailsWithTheReason()
    {
        var error = Assert.Throws<AgentStartException>(
            () => AgentHarness.WithFake(change: options => options with { TokenPath = "/nowhere/token" }));

        Assert.Contains("token", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--no-sandbox")]
    [InlineData("--NO-SANDBOX")]
    [InlineData("--disable-setuid-sandbox")]
    [InlineData("--remote-debugging-port=1")]
    [InlineData("--remote-debugging-pipe")]
    [InlineData("--remote-allow-origins=*")]
    [InlineData("--user-data-dir=/")]
    [InlineData("--renderer-cmd-prefix=sh")]
    [InlineData("http://evil/")]
    [InlineData("--")]
    [InlineData("")]
    [InlineData("--a\0b")]
    public void Arguments_ThatWeakenTheGuest_AreRefused(string argument) => Assert.False(ChromeArguments.IsAllowed(argument));

    [Fact]
    public void Arguments_FromSettings_AreAdded()
    {
        var config = new Contracts.Agent.AgentConfig
        {
            ChromeArgs = ["--force-dark-mode", "--no-sandbox"],
            Viewport = new Contracts.Agent.AgentViewport { Width = 800, Height = 600, DeviceScaleFactor = 1.5 },
            UserAgent = "x y",
            Locale = "de-DE",
            StartUrl = "http://a/",
        };

        var arguments = ChromeArguments.Build(new BrowserOptions(), config);

        Assert.Superset(
            new HashSet<string> { "--force-dark-mode", "--window-size=800,600", "--force-device-scale-factor=1.5", "--user-agent=x y", "--lang=de-DE", "http://a/", "--remote-debugging-port=9222" },
            arguments.ToHashSet());
        Assert.DoesNotContain(arguments, argument => argument.Contains("sandbox", StringComparison.Ordinal));
    }

    [Fact]
    public void NativeSizes_AreThoseOfTheCompiler()
    {
        using var folder = new TempFolder();
        var source = folder.Write("sizes.c", """
            #include <spawn.h>
            #include <signal.h>
            #include <poll.h>
            #include <stdio.h>
            #include <stddef.h>
            #include <linux/input.h>
            int main(void) {
              printf("%zu %zu %zu %zu %zu %zu %zu %zu %d %d\n", sizeof(posix_spawnattr_t), sizeof(posix_spawn_file_actions_t),
                sizeof(sigset_t), sizeof(siginfo_t), sizeof(struct pollfd), sizeof(struct input_event),
                offsetof(siginfo_t, si_code), offsetof(siginfo_t, si_status), KEY_POWER, EV_KEY);
            }
            """);
        Run("cc", "-o", folder.At("sizes"), source);

        Assert.Equal(
            $"{Libc.SpawnAttributesSize} {Libc.SpawnFileActionsSize} {Libc.SignalSetSize} {Libc.SignalInfoSize} 8 {Libc.InputEventSize} 8 24 {Libc.KEY_POWER} {Libc.EV_KEY}",
            Run(folder.At("sizes")));
    }

    [GeneratedRegex("""^viper: ready \{"agent":"0\.1\.0","browser":"HeadlessChrome/156\.0\.1\.2","boot_ms":\{"agent_start":\d+,"listening":\d+,"browser_start":\d+,"browser_ready":\d+\}\}$""")]
    private static partial Regex ReadyLine();

    private static ChromeCommand Command(TempFolder folder, string path) => new()
    {
        Path = path,
        Arguments = [],
        Environment = ["PATH=/usr/bin:/bin"],
        WorkingDirectory = folder.Path,
        LogPath = folder.At("log"),
        LogLimit = 1_000_000,
    };

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}

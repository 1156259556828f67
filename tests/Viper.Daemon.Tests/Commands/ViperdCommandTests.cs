using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Viper.Contracts;
using Viper.Daemon.Commands;
using Viper.Daemon.Composition;
using Viper.Daemon.Tests.Harness;
using Viper.TestKit.Engine;

namespace Viper.Daemon.Tests.Commands;

public sealed class ViperdCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vpr").FullName;
    private readonly ScriptedEngine _engine = new();
    private readonly ScriptedSetup _setup = new();
    private readonly List<string> _entered = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Serve_UntilStopped_ServesBothAndClosesTheEngine()
    {
        using CancellationTokenSource stop = new();
        Task<(int Exit, string Output, string Errors)> serving = RunAsync(stop.Token, "serve", "--api-base", $"unix:{_folder}/viper.sock");
        using Socket socket = await ConnectAsync();

        await stop.CancelAsync();

        (int exit, string _, string errors) = await serving;
        Assert.Equal((0, true, false), (exit, _engine.IsDisposed, File.Exists($"{_folder}/viper.sock")));
        Assert.Equal("", errors);
    }

    [Fact]
    public async Task Serve_StaleSocket_IsReplaced()
    {
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint($"{_folder}/viper.sock.dead"));
            File.Move($"{_folder}/viper.sock.dead", $"{_folder}/viper.sock");
        }

        using CancellationTokenSource stop = new();
        Task<(int Exit, string Output, string Errors)> serving = RunAsync(stop.Token, "serve", "--api-base", $"unix:{_folder}/viper.sock");
        using Socket socket = await ConnectAsync();
        await stop.CancelAsync();

        Assert.Equal(0, (await serving).Exit);
    }

    [Fact]
    public async Task Serve_AnotherDaemonAnswers_ExitsOneWithItsIdentity()
    {
        using CancellationTokenSource stop = new();
        Task<(int Exit, string Output, string Errors)> first = RunAsync(stop.Token, "serve", "--api-base", $"unix:{_folder}/viper.sock");
        using Socket socket = await ConnectAsync();

        (int exit, string _, string errors) = await RunAsync(DaemonHarness.Deadline, "serve", "--api-base", $"unix:{_folder}/viper.sock");

        Assert.Equal((1, true), (exit, File.Exists($"{_folder}/viper.sock")));
        Assert.Contains($"pid {Environment.ProcessId}", errors, StringComparison.Ordinal);
        await stop.CancelAsync();
        await first;
    }

    [Fact]
    public async Task Serve_PortIsTaken_ExitsOneAndOpensNoEngine()
    {
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();

        (int exit, string _, string errors) = await RunAsync(DaemonHarness.Deadline, "--api-base", $"http://{other.LocalEndPoint}");

        Assert.Equal((1, false), (exit, _engine.IsDisposed));
        Assert.Contains(other.LocalEndPoint!.ToString()!, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bridge", "a/b", "--bridge")]
    [InlineData("--colour", "red", "--colour")]
    [InlineData("--api-key", "secret", "--api-key")]
    [InlineData("--api-base", "http://0.0.0.0", "VIPER_API_KEY")]
    [InlineData("--config", "/nonexistent/viper.json", "/nonexistent/viper.json")]
    public async Task AnyVerb_BadSettings_ExitsTwo(string flag, string value, string named)
    {
        (int exit, string _, string errors) = await RunAsync(DaemonHarness.Deadline, flag, value);

        Assert.Equal(2, exit);
        Assert.Contains(named, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyVerb_WithNamespace_EntersItFirst()
    {
        (int exit, string _, string _) = await RunAsync(DaemonHarness.Deadline, "setup", "--dry-run", "--netns", "blue");

        Assert.Equal((0, "blue"), (exit, Assert.Single(_entered)));
    }

    [Theory]
    [InlineData("plan", "setup", "--dry-run")]
    [InlineData("apply", "setup")]
    [InlineData("plan removal", "setup", "--dry-run", "--remove")]
    [InlineData("remove", "setup", "--remove")]
    [InlineData("force removal", "setup", "--remove", "--force")]
    public async Task Setup_InEveryForm_DoesThat(string expected, params string[] arguments)
    {
        (int exit, string output, string _) = await RunAsync(DaemonHarness.Deadline, [.. arguments, "--json"]);

        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal((0, expected), (exit, report.RootElement.GetProperty("steps")[0].GetProperty("what").GetString()));
        Assert.Equal(arguments.Contains("--dry-run"), report.RootElement.GetProperty("dry_run").GetBoolean());
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Doctor_ByWhatItFinds_ExitsZeroOrOne(bool ok, int expected)
    {
        _setup.Check = new DoctorCheck("tun", ok, "there is no /dev/net/tun", "modprobe tun");

        (int exit, string output, string _) = await RunAsync(DaemonHarness.Deadline, "doctor");

        Assert.Equal(expected, exit);
        Assert.Equal(ok ? "ok      tun: there is no /dev/net/tun\n" : "missing tun: there is no /dev/net/tun\n        modprobe tun\n", output);
    }

    [Fact]
    public async Task NetShow_Plain_IsATableOfVms()
    {
        (int exit, string output, string _) = await RunAsync(DaemonHarness.Deadline, "net", "show");
        Assert.Equal(0, exit);
        Assert.Contains("vt00000001", output, StringComparison.Ordinal);
        Assert.Contains("123 kB", output, StringComparison.Ordinal);
        Assert.Contains("up 8000 kbit/s", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NetShow_Json_IsOneDocument()
    {
        (int exit, string output, string _) = await RunAsync(DaemonHarness.Deadline, "net", "show", "--json");
        using JsonDocument document = JsonDocument.Parse(output);
        JsonElement vm = document.RootElement.GetProperty("vms")[0];
        Assert.Equal((0, "a", "allow", 7), (exit, vm.GetProperty("vm").GetString(), vm.GetProperty("policy").GetString(), vm.GetProperty("denied_packets").GetInt32()));
    }

    [Theory]
    [InlineData(0, "serve")]
    [InlineData(130, "setup")]
    public async Task StoppedBeforeItIsInsideTheNamespace_ServeEndsInOrderAndOthersAreInterrupted(int expected, string verb)
    {
        (int exit, string _, string _) = await RunAsync(new CancellationToken(canceled: true), verb, "--netns", "blue");

        Assert.Equal((expected, 0), (exit, _entered.Count));
    }

    [Fact]
    public async Task ImagesBuild_Json_PrintsTheImageAndProgressApart()
    {
        (int exit, string output, string errors) = await RunAsync(DaemonHarness.Deadline, "images", "build", "browser", "--json");

        Assert.Equal((0, "browser"), (exit, JsonSerializer.Deserialize(output, ViperJson.Default.ImageInfo)!.Name));
        Assert.Equal("building browser\n", errors);
    }

    [Fact]
    public async Task ImagesListAndVersion_Always_ExitZero()
    {
        (int list, string images, string _) = await RunAsync(DaemonHarness.Deadline, "images", "list");
        (int version, string text, string _) = await RunAsync(DaemonHarness.Deadline, "version");

        Assert.Equal((0, 0), (list, version));
        Assert.Contains("\nbrowser  ", images, StringComparison.Ordinal);
        Assert.StartsWith("viperd 0.1.0 ", text, StringComparison.Ordinal);
    }

    private async Task<(int Exit, string Output, string Errors)> RunAsync(CancellationToken stop, params string[] arguments)
    {
        ViperdParts parts = new()
        {
            OpenEngine = (_, _, _) => Task.FromResult<Orchestration.IVmEngine>(_engine),
            OpenSetup = _ => _setup,
            OpenImages = _ => new ScriptedWorkshop(_engine.Images),
            EnterNamespace = (name, told) =>
            {
                told.ThrowIfCancellationRequested();
                _entered.Add(name);
            },
        };
        await using StringWriter output = new();
        await using StringWriter errors = new();
        string[] places = arguments.Contains("--config") ? [] : ["--state-dir", _folder, "--runtime-dir", _folder, "--log-level", "error"];
        string[] all = [.. arguments, .. places];
        int exit = await Task.Run(() => ViperdCommandLine.RunAsync(all, parts, output, errors, stop), CancellationToken.None);
        return (exit, output.ToString(), errors.ToString());
    }

    private async Task<Socket> ConnectAsync()
    {
        CancellationToken deadline = DaemonHarness.Deadline;
        while (true)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{_folder}/viper.sock"), deadline);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(20, deadline);
            }
        }
    }
}

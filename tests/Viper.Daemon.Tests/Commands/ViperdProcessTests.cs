using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Viper.Daemon.Tests.Harness;

namespace Viper.Daemon.Tests.Commands;

/// <summary>The built <c>viperd</c> as a process, with the engine that it is built with.</summary>
public sealed class ViperdProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vpr").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("-TERM")]
    [InlineData("-INT")]
    public async Task Signal_WhileServingAStream_EndsItInOrderAndExitsZero(string signal)
    {
        using Process viperd = Start("serve");
        try
        {
            await using Stream stream = await ConnectAsync(viperd);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"), DaemonHarness.Deadline);
            await RawExchange.ReadHeadAsync(stream);

            await SignalAsync(viperd, signal);

            // The chunked body has its end, so the client knows that nothing is missing.
            using StreamReader rest = new(stream);
            Assert.EndsWith("0\r\n\r\n", await rest.ReadToEndAsync(DaemonHarness.Deadline), StringComparison.Ordinal);
            await viperd.WaitForExitAsync(DaemonHarness.Deadline);
            Assert.Equal((0, false), (viperd.ExitCode, File.Exists(Path.Combine(_folder, "viper.sock"))));
        }
        finally
        {
            await EndAsync(viperd);
        }
    }

    [Fact]
    public async Task Serve_SocketIsServed_ExitsOneWithTheOthersPid()
    {
        using Process first = Start("serve");
        using Process second = Start("serve");
        try
        {
            Process[] both = [first, second];
            Process loser = await await Task.WhenAny(both.Select(async p =>
            {
                await p.WaitForExitAsync(DaemonHarness.Deadline);
                return p;
            }));
            string errors = await loser.StandardError.ReadToEndAsync(DaemonHarness.Deadline);

            Assert.Equal(1, loser.ExitCode);
            Assert.Contains(Path.Combine(_folder, "viper.sock"), errors, StringComparison.Ordinal);
        }
        finally
        {
            await EndAsync(first);
            await EndAsync(second);
        }
    }

    [Fact]
    public async Task ImagesBuild_NoSuchRecipe_ExitsThree()
    {
        using Process viperd = Start("images", "build", "nope");

        string errors = await viperd.StandardError.ReadToEndAsync(DaemonHarness.Deadline);
        await viperd.WaitForExitAsync(DaemonHarness.Deadline);

        Assert.Equal(3, viperd.ExitCode);
        Assert.Contains("'nope'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BadSetting_InTheFile_ExitsTwoNamingIt()
    {
        string config = Path.Combine(_folder, "viper.json");
        await File.WriteAllTextAsync(config, """{"hypervisor":"xen"}""", DaemonHarness.Deadline);
        using Process viperd = Start("serve", "--config", config);

        string errors = await viperd.StandardError.ReadToEndAsync(DaemonHarness.Deadline);
        await viperd.WaitForExitAsync(DaemonHarness.Deadline);

        Assert.Equal((2, $"viperd: hypervisor in {config}: 'xen' is not auto, qemu or cloud-hypervisor.\n"), (viperd.ExitCode, errors));
    }

    private Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "viperd"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in ((string, string)[])[
            ("VIPER_STATE_DIR", Path.Combine(_folder, "state")), ("VIPER_RUNTIME_DIR", _folder), ("VIPER_LOG_DIR", Path.Combine(_folder, "logs")),
            ("VIPER_CACHE_DIR", Path.Combine(_folder, "cache")), ("VIPER_API_BASE", $"unix:{_folder}/viper.sock")])
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private async Task<NetworkStream> ConnectAsync(Process viperd)
    {
        CancellationToken deadline = DaemonHarness.Deadline;
        while (true)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_folder, "viper.sock")), deadline);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException)
            {
                socket.Dispose();
                Assert.False(viperd.HasExited, viperd.HasExited ? await viperd.StandardError.ReadToEndAsync(deadline) : "");
                await Task.Delay(20, deadline);
            }
        }
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using Process kill = Process.Start("/bin/kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(DaemonHarness.Deadline);
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}

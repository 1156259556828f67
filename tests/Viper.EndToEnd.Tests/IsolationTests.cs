using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using Viper.Contracts;
using Viper.Stage;

namespace Viper.EndToEnd.Tests;

public sealed class IsolationTests(SharedStage shared) : SharedStageTests(shared)
{
    private const float RefusalMs = 20_000;
    private static readonly string[] s_names = ["one", "two", "three"];

    [Fact]
    public async Task ThreeVms_AtOnce_WorkAndCannotReachEachOtherOrTheHost()
    {
        Vm[] vms = await Task.WhenAll(s_names.Select(name => StageAssert.CreateAsync(Stage, name)));
        Assert.Equal(3, vms.Select(static vm => vm.IpAddress).Distinct().Count());
        Assert.Equal(3, vms.Select(static vm => vm.MacAddress).Distinct().Count());
        Assert.Equal(3, Leftovers.Taps(Stage.Network!.Viper).Count);
        await Task.WhenAll(s_names.Select(BrowseAsync));

        using HostService service = HostService.Start(Stage);
        await using ForwardedBrowser forwarded = await ForwardedBrowser.ConnectAsync(Stage, "one");
        string[] forbidden =
        [
            $"http://{vms[1].IpAddress}:8765/status",       // another VM's agent
            $"http://{vms[1].IpAddress}:9222/json/version", // another VM's Chrome
            $"http://{vms[0].IpAddress}:8765/status",       // its own agent
            "http://127.0.0.1:8765/status",
            $"http://192.168.127.1:{HostService.Port}/",    // the host, by every address it has
            $"http://203.0.113.1:{HostService.Port}/",
            "http://169.254.169.254/latest/meta-data/",
            "http://10.0.0.1/",
        ];
        await Task.WhenAll(forbidden.Select(url => AssertRefusedAsync(forwarded, url)));

        // The same browser reaches the world all the while, and the host reaches its own service.
        IPage page = await forwarded.NewPageAsync();
        await page.GotoAsync(WorldServer.Address.ToString());
        Assert.Equal("The Viper demo site", await page.TitleAsync());
        Assert.Equal(0, service.Connections);
        await service.ReachItselfAsync();
        Assert.Equal(1, service.Connections);

        await Task.WhenAll(s_names.Select(name => StageAssert.DeleteAsync(Stage, name)));
        await StageAssert.NothingLeftAsync(Stage);
    }

    [Fact]
    public async Task Agent_FromAPageOfItsOwnVm_CannotBeCalled()
    {
        Vm vm = await StageAssert.CreateAsync(Stage, "page");
        await using ForwardedBrowser forwarded = await ForwardedBrowser.ConnectAsync(Stage, "page");
        IPage page = await forwarded.NewPageAsync();
        await page.GotoAsync(WorldServer.Address.ToString());

        string[] outcomes = await page.EvaluateAsync<string[]>(
            """
            async urls => Promise.all(urls.map(async url => {
              try {
                const answer = await fetch(url, { method: url.includes('status') ? 'GET' : 'POST', mode: 'no-cors', signal: AbortSignal.timeout(15000) });
                return `${url}: answered ${answer.type} ${answer.status}`;
              } catch {
                return 'refused';
              }
            }))
            """,
            new[] { $"http://{vm.IpAddress}:8765/status", "http://127.0.0.1:8765/status", "http://localhost:8765/status", $"http://{vm.IpAddress}:8765/navigate" });

        Assert.All(outcomes, static outcome => Assert.Equal("refused", outcome));
        await StageAssert.DeleteAsync(Stage, "page");
    }

    private static async Task AssertRefusedAsync(ForwardedBrowser forwarded, string url)
    {
        IPage page = await forwarded.NewPageAsync();
        Exception? refused = await Record.ExceptionAsync(() => page.GotoAsync(url, new PageGotoOptions { Timeout = RefusalMs }));
        Assert.True(refused is TimeoutException || (refused is PlaywrightException && refused.Message.Contains("net::ERR_", StringComparison.Ordinal)), $"{url}: {refused?.Message ?? "answered"}");
    }

    private async Task BrowseAsync(string name)
    {
        await using ForwardedBrowser forwarded = await ForwardedBrowser.ConnectAsync(Stage, name);
        IPage page = await forwarded.NewPageAsync();
        await page.GotoAsync(WorldServer.Address.ToString());
        await page.WaitForSelectorAsync("html[data-ready]");
        Assert.Equal("24133", await page.TextContentAsync("#computed"));
    }

    /// <summary>Something that listens on every address of the host's namespace, and counts who comes.</summary>
    private sealed class HostService : IDisposable
    {
        public const int Port = 8099;

        private readonly Socket _listener;
        private readonly ViperStage _stage;
        private int _connections;

        private HostService(Socket listener, ViperStage stage)
        {
            _listener = listener;
            _stage = stage;
            _ = AcceptAsync();
        }

        public int Connections => Volatile.Read(ref _connections);

        public static HostService Start(ViperStage stage) => new(stage.Network!.Viper.Run(static () =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, Port));
            socket.Listen();
            return socket;
        }), stage);

        /// <summary>Connects from the host's own namespace: the service is there, it is the guests who cannot reach it.</summary>
        public async Task ReachItselfAsync()
        {
            using Socket client = _stage.Network!.Viper.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await client.ConnectAsync(new IPEndPoint(IPAddress.Parse("192.168.127.1"), Port));
            byte[] hello = new byte[1];
            Assert.Equal(1, await client.ReceiveAsync(hello));
        }

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using Socket guest = await _listener.AcceptAsync();
                    Interlocked.Increment(ref _connections);
                    await guest.SendAsync(new byte[] { 1 });
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}

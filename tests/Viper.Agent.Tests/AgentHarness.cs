using System.Net;
using System.Net.Sockets;
using System.Text;
using Viper.Agent.Browser;
using Viper.Agent.Interop;
using Viper.Agent.Programs;
using Viper.Contracts.Agent;
using Viper.TestKit.Browser;

namespace Viper.Agent.Tests;

/// <summary>An agent in this process, on the loopback interface, with a stand-in for Chrome or the real one.</summary>
internal sealed class AgentHarness : IAsyncDisposable
{
    internal const string Token = "harness-token-0123456789abcdefghijklmnop";

    private static int s_harnesses;

    private AgentHarness(TempFolder folder, FakeChrome? chrome, ConsoleFifo console, AgentProgram agent)
    {
        Folder = folder;
        Fake = chrome;
        Console = console;
        Agent = agent;
    }

    internal TempFolder Folder { get; }

    internal FakeChrome? Fake { get; }

    internal FakeChrome Chrome => Fake ?? throw new InvalidOperationException("This agent runs the real Chrome.");

    internal ConsoleFifo Console { get; }

    internal AgentProgram Agent { get; }

    /// <summary>The folder of files.</summary>
    internal string Work => Folder.At("work");

    internal IPEndPoint Endpoint => Agent.Server.Endpoint;

    internal static AgentHarness WithFake(string? script = null, string? config = null, Func<AgentOptions, AgentOptions>? change = null)
    {
        var folder = new TempFolder();
        var chrome = new FakeChrome(folder, script);
        return Start(folder, chrome, new BrowserOptions { Path = chrome.Path, UserId = null, OwnsUser = false }, config, change);
    }

    internal static AgentHarness WithoutBrowser(Func<AgentOptions, AgentOptions>? change = null)
    {
        var folder = new TempFolder();
        return Start(folder, null, new BrowserOptions { Path = folder.At("absent"), UserId = null, OwnsUser = false }, null, change);
    }

    internal static AgentHarness WithRealChrome(string? config = null) => Start(
        new TempFolder(), null, new BrowserOptions { Path = DebianChrome.Program, UserId = DebianChrome.User, OwnsUser = false, Port = 0 }, config, null);

    /// <summary>Waits for the first ring.</summary>
    internal async Task<AgentHarness> ReadyAsync()
    {
        await Console.ReadAsync("ready");
        return this;
    }

    internal async Task<Socket> ConnectAsync(string from = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(Endpoint, TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Sends raw text and reads all that comes until the agent closes.</summary>
    internal async Task<string> ExchangeAsync(string text, string from = "127.0.0.1")
    {
        try
        {
            using var socket = await ConnectAsync(from);
            return await ExchangeAsync(socket, text);
        }
        catch (SocketException)
        {
            return "<reset>";
        }
    }

    internal static async Task<string> ExchangeAsync(Socket socket, string text)
    {
        var cancel = TestContext.Current.CancellationToken;
        var answer = new StringBuilder();
        try
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(text), cancel);
            var buffer = new byte[65536];
            int count;
            while ((count = await socket.ReceiveAsync(buffer, cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(90), cancel)) > 0)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (SocketException)
        {
            answer.Append("<reset>");
        }

        return answer.ToString();
    }

    /// <summary>A request with everything that is needed, on a connection that it ends.</summary>
    internal Task<string> AskAsync(string method, string target, string body = "", string headers = "") => ExchangeAsync(
        $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nAuthorization: Bearer {Token}\r\nConnection: close\r\n{headers}"
        + (body.Length > 0 ? $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n" : string.Empty) + $"\r\n{body}");

    /// <summary>A client of this agent, with its token; the caller disposes it.</summary>
    internal HttpClient Client()
    {
        var client = new HttpClient { BaseAddress = new Uri($"http://{Endpoint}"), Timeout = TimeSpan.FromMinutes(5) };
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {Token}");
        return client;
    }

    /// <summary>Ends the process that plays Chrome, as a crash does.</summary>
    internal void KillChrome()
    {
        var pid = Agent.Browser.Pid;
        Assert.NotNull(pid);
        Assert.Equal(0, Libc.kill(pid.Value, Libc.SIGKILL));
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        if (Fake is not null)
        {
            await Fake.DisposeAsync();
        }

        Console.Dispose();
        Folder.Dispose();
    }

    /// <summary>A folder of files as the guest has one; its marks are no other agent's.</summary>
    private static WorkPlace WorkOf(TempFolder folder) => new()
    {
        Root = folder.MakeFor("work", GuestPlaces.UserId),
        UserId = GuestPlaces.UserId,
        UserName = "browser",
        FirstMark = 0x4000_0000 + ((uint)(Environment.ProcessId & 0x3ff) << 20) + ((uint)(Interlocked.Increment(ref s_harnesses) & 0xff) << 12),
    };

    private static AgentHarness Start(
        TempFolder folder, FakeChrome? chrome, BrowserOptions browser, string? config, Func<AgentOptions, AgentOptions>? change)
    {
        var console = new ConsoleFifo(folder);
        if (config is not null)
        {
            folder.Write("config.json", config);
        }

        var options = new AgentOptions
        {
            GuestAddress = IPAddress.Loopback,
            HostAddress = IPAddress.Loopback,
            Port = 0,
            TokenPath = folder.Write("token", Token),
            ConfigPath = folder.At("config.json"),
            ConsolePath = console.Path,
            Work = WorkOf(folder),
            Browser = browser with
            {
                Home = folder.At("home"),
                LogPath = folder.At("chrome.log"),
                InitialBackOff = TimeSpan.FromMilliseconds(10),
            },
        };
        var agent = new AgentProgram(change is null ? options : change(options));
        var harness = new AgentHarness(folder, chrome, console, agent);
        try
        {
            agent.Start();
            return harness;
        }
        catch
        {
            // As the program does: what had been started before the failure ends with it.
            harness.DisposeAsync().AsTask().Wait();
            throw;
        }
    }
}

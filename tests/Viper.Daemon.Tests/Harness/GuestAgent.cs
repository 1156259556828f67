using System.Net;
using Viper.Agent;
using Viper.Agent.Browser;
using Viper.Agent.Interop;
using Viper.Agent.Programs;
using Viper.Contracts.Agent;

namespace Viper.Daemon.Tests.Harness;

/// <summary>The agent that runs in guests, in this process, without a browser: what it runs and writes is real.</summary>
internal sealed class GuestAgent : IAsyncDisposable
{
    private static int s_agents;

    private readonly AgentProgram _agent;

    private GuestAgent(string folder, AgentProgram agent)
    {
        Folder = folder;
        _agent = agent;
    }

    /// <summary>The guest's folder of files.</summary>
    internal string Work => Path.Combine(Folder, "work");

    private string Folder { get; }

    /// <summary>Starts one behind the VMs of a daemon, in the place of its scripted one.</summary>
    internal static GuestAgent Start(DaemonHarness daemon)
    {
        string folder = Directory.CreateTempSubdirectory("vpg").FullName;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        string work = Path.Combine(folder, "work");
        Directory.CreateDirectory(work);
        Assert.Equal(0, Libc.chown(work, GuestPlaces.UserId, GuestPlaces.UserId));
        daemon.Engine.AgentToken = "token-of-an-agent-that-is-real-0123456789";
        File.WriteAllText(Path.Combine(folder, "token"), daemon.Engine.AgentToken);
        AgentProgram agent = new(new AgentOptions
        {
            GuestAddress = IPAddress.Loopback,
            HostAddress = IPAddress.Loopback,
            Port = 0,
            TokenPath = Path.Combine(folder, "token"),
            ConfigPath = Path.Combine(folder, "config.json"),
            ConsolePath = "/dev/null",
            Browser = new BrowserOptions { Path = "/absent", UserId = null, OwnsUser = false, Home = Path.Combine(folder, "home"), LogPath = Path.Combine(folder, "log") },
            Work = new WorkPlace
            {
                Root = work,
                UserId = GuestPlaces.UserId,
                FirstMark = 0x8000_0000 + ((uint)(Environment.ProcessId & 0x3ff) << 20) + ((uint)(Interlocked.Increment(ref s_agents) & 0xff) << 12),
            },
        });
        agent.Start();
        daemon.Engine.AgentEndPoint = agent.Server.Endpoint;
        return new GuestAgent(folder, agent);
    }

    /// <summary>Waits until a program has ended, whether or not anyone has taken leave of it.</summary>
    internal static async Task GoneAsync(string pid)
    {
        CancellationToken deadline = DaemonHarness.Deadline;
        while (!IsGone(pid))
        {
            deadline.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static bool IsGone(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/status").Contains("State:\tZ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It is not there, or went while it was read.
            return true;
        }
    }
}

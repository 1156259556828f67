using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

using Viper.Contracts;
using Viper.Orchestration;
using Viper.Orchestration.Internal;
using Viper.Orchestration.Network;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Network;

/// <summary>The network as the engine holds it, on a real bridge.</summary>
public sealed class HostVmNetworkTests : IDisposable
{
    private static readonly byte[] s_question = Convert.FromHexString("12340100000100000000000007" + "6578616d706c6503636f6d0000010001");
    private static readonly EngineSettings s_settings = new() { StateDirectory = "/nonexistent", RuntimeDirectory = "/nonexistent", LogDirectory = "/nonexistent" };
    private readonly NetNsFixture _ns = new();

    [Fact]
    public void Preflight_BeforeSetup_SaysWhatIsMissing()
    {
        using HostVmNetwork network = _ns.Run(() => new HostVmNetwork(s_settings, NullLogger.Instance));
        EngineException refused = Assert.Throws<EngineException>(() => _ns.Run(network.Preflight));
        Assert.Equal(ProblemCodes.HostNotReady, refused.Code);
        Assert.Contains("viper setup", refused.Message, StringComparison.Ordinal);
        Assert.Throws<EngineException>(() => _ns.Run(() => new HostVmNetwork(s_settings, NullLogger.Instance)));
    }

    [Fact]
    public async Task Serve_WithAGuest_AnswersItTellsItsDenialsAndLeavesNothing()
    {
        _ns.Run(() =>
        {
            using HostNetwork host = new(s_settings.ToHostNetwork());
            host.Apply();
        });
        string before = _ns.Execute("nft", "list", "ruleset");
        BlockingCollection<(string Tap, NetworkDeniedData Data)> denied = [];
        using (HostVmNetwork network = _ns.Run(() => new HostVmNetwork(s_settings, NullLogger.Instance)))
        {
            Assert.Empty(await network.RemoveLeftoversAsync());
            _ns.Run(() => network.Serve((tap, data) => denied.Add((tap, data)), static _ => { }));
            _ns.Run(network.Preflight);
            _ns.Run(() => network.Attach("vt00000002", "02:00:5e:00:53:02", PolicyStage.IpOf(2), new NetworkSpec { Policy = "none", MaxConnections = 1 }));
            using (TapStation guest = new(_ns, "vt00000002", PolicyStage.MacOf(2), PolicyStage.IpOf(2), 24, PolicyStage.Address("gateway")))
            {
                using Socket socket = guest.Guest.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
                using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
                await socket.ConnectAsync(new IPEndPoint(PolicyStage.Address("gateway"), 53), patience.Token);
                await socket.SendAsync(s_question, patience.Token);
                byte[] answer = new byte[512];
                await socket.ReceiveAsync(answer, patience.Token);
                Assert.Equal(5, answer[3] & 0x0f);

                await socket.SendToAsync(s_question, new IPEndPoint(PolicyStage.Address("gateway"), 54));
                Assert.True(denied.TryTake(out (string Tap, NetworkDeniedData Data) first, 60_000, patience.Token));
                Assert.Equal(("vt00000002", "host", 54), (first.Tap, first.Data.Reason, first.Data.Port));
            }

            await network.DetachAsync("vt00000002");
        }

        Assert.Equal(WithoutShares(before), WithoutShares(_ns.Execute("nft", "list", "ruleset")));
        using HostVmNetwork next = _ns.Run(() => new HostVmNetwork(s_settings, NullLogger.Instance));
        Assert.Empty(await next.RemoveLeftoversAsync());
    }

    public void Dispose() => _ns.Dispose();

    // A guest's shares of questions and samples, which the kernel forgets by itself, and what rules counted for all.
    private static string WithoutShares(string ruleset) =>
        string.Join('\n', ruleset.Split('\n').Where(static line => !line.Contains("limit rate", StringComparison.Ordinal) && !line.Contains("counter packets", StringComparison.Ordinal)
            && !line.Contains("size ", StringComparison.Ordinal) && !line.TrimStart().StartsWith("elements = { }", StringComparison.Ordinal)));
}

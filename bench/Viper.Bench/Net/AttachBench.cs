using System.Diagnostics;
using System.Net;
using Viper.Contracts;
using Viper.Net;
using Viper.Orchestration.Network;

namespace Viper.Bench.Net;

/// <summary>A VM's whole network, joined with a tap that was kept ready beside one that is made then; rounds interleaved.</summary>
internal static class AttachBench
{
    private const int Rounds = 61;
    private const int WarmUps = 40;
    private const int Ready = 4;
    private const string Tap = "vt00000002";
    private static readonly TimeSpan s_refill = TimeSpan.FromMilliseconds(30);
    private static readonly HostNetworkSettings s_settings = new() { BridgeName = "viperbench", Address = IPAddress.Parse("192.168.217.1"), Subnet = IPNetwork.Parse("192.168.217.0/24") };
    private static readonly MacAddress s_mac = MacAddress.Parse("02:00:5e:00:53:02");
    private static readonly IPAddress s_ip = IPAddress.Parse("192.168.217.2");

    internal static async Task<BenchRow> RunAsync(NetworkNamespace lab, CancellationToken cancellationToken)
    {
        using HostNetwork host = lab.Run(() => new HostNetwork(s_settings));
        lab.Run(host.Apply);
        using VmNetwork ready = lab.Run(() => new VmNetwork(s_settings with { ReadyTaps = Ready }));
        using VmNetwork plain = lab.Run(() => new VmNetwork(s_settings));
        List<(double, double)> figures = [];
        for (int i = -WarmUps; i < Rounds; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double theirs = i % 2 == 0 ? await OnceAsync(lab, plain, cancellationToken) : 0;
            double mine = await OnceAsync(lab, ready, cancellationToken);
            theirs = i % 2 == 0 ? theirs : await OnceAsync(lab, plain, cancellationToken);
            if (i >= 0)
            {
                figures.Add((mine, theirs));
            }
        }

        return Statistics.Paired("attach_ready", "us", figures, null);
    }

    private static async Task<double> OnceAsync(NetworkNamespace lab, VmNetwork network, CancellationToken cancellationToken)
    {
        await Task.Delay(s_refill, cancellationToken);
        double time = lab.Run(() =>
        {
            long start = Stopwatch.GetTimestamp();
            network.Attach(Tap, s_mac, s_ip, new NetworkSpec { Policy = NetworkPolicies.Internet });
            return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        });
        await network.DetachAsync(Tap);
        return time;
    }
}

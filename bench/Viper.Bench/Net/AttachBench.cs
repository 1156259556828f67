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

    /// <summary>To be called on a thread inside a network namespace of the bench's own.</summary>
    internal static BenchRow Run(CancellationToken cancellationToken)
    {
        using HostNetwork host = new(s_settings);
        host.Apply();
        using VmNetwork ready = new(s_settings with { ReadyTaps = Ready });
        using VmNetwork plain = new(s_settings);
        List<(double, double)> figures = [];
        for (int i = -WarmUps; i < Rounds; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double theirs = i % 2 == 0 ? Once(plain) : 0;
            double mine = Once(ready);
            theirs = i % 2 == 0 ? theirs : Once(plain);
            if (i >= 0)
            {
                figures.Add((mine, theirs));
            }
        }

        return Statistics.Paired("attach_ready", "us", figures, null);
    }

    private static double Once(VmNetwork network)
    {
        Thread.Sleep(s_refill);
        long start = Stopwatch.GetTimestamp();
        network.Attach(Tap, s_mac, s_ip, new NetworkSpec { Policy = NetworkPolicies.Internet });
        double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        network.DetachAsync(Tap).GetAwaiter().GetResult();
        return time;
    }
}

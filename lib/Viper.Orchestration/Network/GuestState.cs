using System.Net;

using Viper.Net;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>One VM on the bridge as the kernel has it now.</summary>
public sealed record GuestState
{
    /// <summary>Its tap.</summary>
    public required string Tap { get; init; }

    /// <summary>How the tap is.</summary>
    public required GuestPortState Port { get; init; }

    /// <summary>Its Ethernet address.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>Its address.</summary>
    public required IPAddress Ip { get; init; }

    /// <summary>Its policy.</summary>
    public required string Policy { get; init; }

    /// <summary>What it may send, in kilobits per second; 0 for no limit.</summary>
    public int UpKbps { get; init; }

    /// <summary>What may be sent to it, in kilobits per second; 0 for no limit.</summary>
    public int DownKbps { get; init; }

    /// <summary>How many connections it may have open; 0 for no limit.</summary>
    public int MaxConnections { get; init; }

    /// <summary>What it sent to others than the host.</summary>
    public NftCount Sent { get; init; }

    /// <summary>What others than the host answered it.</summary>
    public NftCount Received { get; init; }

    /// <summary>Its questions for names.</summary>
    public NftCount Questions { get; init; }

    /// <summary>What it was denied.</summary>
    public NftCount Denied { get; init; }

    /// <summary>What it sent with addresses that are not its own.</summary>
    public NftCount Forged { get; init; }
}

namespace Viper.Net;

/// <summary>How a tap device is made.</summary>
public sealed record TapOptions
{
    /// <summary>True: the device stays when its last descriptor is closed. Default false.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>The user who may open it without CAP_NET_ADMIN; null leaves that to privileged users.</summary>
    public uint? OwnerUid { get; init; }

    /// <summary>True: every frame carries a virtio network header (10 bytes), as VMMs want it. Default true.</summary>
    public bool VnetHeader { get; init; } = true;

    /// <summary>True: several descriptors may be open at once, each a queue. Default false.</summary>
    public bool MultiQueue { get; init; }
}

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

    /// <summary>The group of users that may open it, besides the owner.</summary>
    public uint? OwnerGid { get; init; }

    /// <summary>How long the header before each packet is, where there is one, in bytes: 10, the default, or 12.</summary>
    public int? VnetHeaderLength { get; init; }
}

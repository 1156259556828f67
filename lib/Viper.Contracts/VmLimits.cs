namespace Viper.Contracts;

/// <summary>The bounds of what a VM can be asked to be.</summary>
public static class VmLimits
{
    /// <summary>The most vCPUs of one VM.</summary>
    public const int MaxCpuCores = 16;

    /// <summary>The vCPUs of a VM whose request names no number.</summary>
    public const int DefaultCpuCores = 2;

    /// <summary>The least memory of a VM, in MiB; an image may need more.</summary>
    public const int MinMemoryMb = 128;

    /// <summary>The most memory of one VM, in MiB.</summary>
    public const int MaxMemoryMb = 262_144;

    /// <summary>The memory of a VM whose request names none, in MiB.</summary>
    public const int DefaultMemoryMb = 1024;

    /// <summary>The longest addition to the kernel command line, in characters.</summary>
    public const int MaxKernelCmdline = 1024;

    /// <summary>The most labels of one VM.</summary>
    public const int MaxLabels = 50;

    /// <summary>The longest label key, in characters.</summary>
    public const int MaxLabelKey = 63;

    /// <summary>The longest label value, in characters.</summary>
    public const int MaxLabelValue = 255;

    /// <summary>The most networks that one VM is allowed to reach.</summary>
    public const int MaxNetworkAllow = 64;

    /// <summary>The most ports or ranges of ports of one allowed network.</summary>
    public const int MaxNetworkPorts = 16;

    /// <summary>The longest idle timeout and lifetime, in seconds: 30 days.</summary>
    public const int MaxTimerSeconds = 2_592_000;

    /// <summary>The longest that a request can ask to wait for a place, in seconds.</summary>
    public const int MaxQueueWaitSeconds = 3600;

    /// <summary>The highest limit of bandwidth, in kilobits per second.</summary>
    public const int MaxNetworkKbps = 100_000_000;

    /// <summary>The highest limit of open connections.</summary>
    public const int MaxNetworkConnections = 65_535;

    /// <summary>The image of a VM whose request names none.</summary>
    public const string DefaultImage = "browser";
}

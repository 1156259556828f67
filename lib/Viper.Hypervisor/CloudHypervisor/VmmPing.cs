namespace Viper.Hypervisor;

/// <summary>Who a VMM is.</summary>
public sealed record VmmPing
{
    /// <summary>The version number, such as <c>53.0.0</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The version as the build named it, such as <c>v53.0</c>.</summary>
    public string? BuildVersion { get; init; }

    /// <summary>The process id of the VMM.</summary>
    public long? Pid { get; init; }

    /// <summary>What the program was compiled with, such as <c>kvm</c>.</summary>
    public IReadOnlyList<string>? Features { get; init; }
}

namespace Viper.Hypervisor;

/// <summary>What a machine boots.</summary>
public sealed record PayloadConfig
{
    /// <summary>The path of the kernel.</summary>
    public string? Kernel { get; init; }

    /// <summary>The kernel command line.</summary>
    public string? Cmdline { get; init; }

    /// <summary>The path of the initramfs.</summary>
    public string? Initramfs { get; init; }
}

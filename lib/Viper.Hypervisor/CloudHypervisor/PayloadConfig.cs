namespace Viper.Hypervisor;

/// <summary>What a machine boots: a firmware, or a kernel with what belongs to it.</summary>
public sealed record PayloadConfig
{
    /// <summary>The path of a firmware image.</summary>
    public string? Firmware { get; init; }

    /// <summary>The path of the kernel: an ELF file with a PVH note, or a bzImage.</summary>
    public string? Kernel { get; init; }

    /// <summary>The kernel command line.</summary>
    public string? Cmdline { get; init; }

    /// <summary>The path of the initramfs.</summary>
    public string? Initramfs { get; init; }

    /// <summary>The path of an IGVM file; only in programs built for confidential guests.</summary>
    public string? Igvm { get; init; }

    /// <summary>Data of the host that the guest's attestation report covers: 64 hexadecimal digits.</summary>
    public string? HostData { get; init; }
}

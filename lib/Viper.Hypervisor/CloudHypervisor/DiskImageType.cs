namespace Viper.Hypervisor;

/// <summary>The formats of disk images that Cloud Hypervisor knows.</summary>
public enum DiskImageType
{
    /// <summary>Not given.</summary>
    Unknown,

    /// <summary>The bytes of the disk.</summary>
    Raw,

    /// <summary>QEMU's format.</summary>
    Qcow2,

    /// <summary>Hyper-V's first format, of fixed size.</summary>
    FixedVhd,

    /// <summary>Hyper-V's second format.</summary>
    Vhdx,
}

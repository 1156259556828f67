namespace Viper.Hypervisor;

/// <summary>The programs that this library can run machines with.</summary>
public enum HypervisorKind
{
    /// <summary>QEMU: with KVM, or by pure software emulation on any host.</summary>
    Qemu,

    /// <summary>Cloud Hypervisor: KVM only.</summary>
    CloudHypervisor,
}

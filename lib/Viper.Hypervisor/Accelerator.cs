namespace Viper.Hypervisor;

/// <summary>How guest instructions are executed.</summary>
public enum Accelerator
{
    /// <summary>QEMU's software emulation: slow, and runs anywhere.</summary>
    Tcg,

    /// <summary>The kernel's KVM.</summary>
    Kvm,
}

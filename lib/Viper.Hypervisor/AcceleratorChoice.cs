namespace Viper.Hypervisor;

/// <summary>How the operator wants QEMU to execute guest instructions.</summary>
public enum AcceleratorChoice
{
    /// <summary>KVM where the CPU shows vmx or svm and /dev/kvm opens; otherwise emulation.</summary>
    Auto,

    /// <summary>Software emulation.</summary>
    Tcg,

    /// <summary>KVM.</summary>
    Kvm,
}

namespace Viper.Hypervisor;

/// <summary>Which hypervisor the operator wants.</summary>
public enum HypervisorChoice
{
    /// <summary>Cloud Hypervisor where it is found and the host runs KVM guests; otherwise QEMU.</summary>
    Auto,

    /// <summary>QEMU.</summary>
    Qemu,

    /// <summary>Cloud Hypervisor.</summary>
    CloudHypervisor,
}

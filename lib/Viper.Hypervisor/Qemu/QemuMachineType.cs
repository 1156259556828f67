namespace Viper.Hypervisor;

/// <summary>The machine that QEMU emulates.</summary>
public enum QemuMachineType
{
    /// <summary>A small machine with virtio-mmio devices and no firmware to wait for; the guest needs the module virtio_mmio.</summary>
    Microvm,

    /// <summary>A PC with PCI; the guest needs the module virtio_pci.</summary>
    Q35,
}

namespace Viper.Hypervisor;

/// <summary>A raw disk image that a machine sees as a virtio block device.</summary>
/// <param name="Path">The absolute path of the image.</param>
/// <param name="ReadOnly">Whether the guest may only read it; such an image can serve many machines at once.</param>
public sealed record DiskSpec(string Path, bool ReadOnly = true);

namespace Viper.Orchestration.Internal;

/// <summary>What a VM boots from, as absolute paths.</summary>
/// <param name="Kernel">The kernel as a bzImage.</param>
/// <param name="Vmlinux">The same kernel as an ELF file, where the image has it.</param>
/// <param name="Initramfs">The initramfs that every VM of the image shares.</param>
/// <param name="Root">The read-only root file system; null where everything is in the initramfs.</param>
/// <param name="CommandLine">What the image wants on the kernel's command line.</param>
/// <param name="MinMemoryMb">The least memory that it boots with, in MiB.</param>
/// <param name="HasBrowser">Whether a browser is in it.</param>
internal sealed record BootFiles(string Kernel, string? Vmlinux, string Initramfs, string? Root, string CommandLine, int MinMemoryMb, bool HasBrowser);

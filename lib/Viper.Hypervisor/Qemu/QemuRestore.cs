namespace Viper.Hypervisor.Qemu;

/// <summary>What of a snapshot the command line needs.</summary>
/// <param name="PrivateMemoryPath">The memory file that is mapped privately; null where memory comes otherwise.</param>
internal sealed record QemuRestore(string? PrivateMemoryPath);

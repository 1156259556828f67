namespace Viper.Hypervisor;

/// <summary>Guest memory.</summary>
/// <param name="Size">The size in bytes.</param>
public sealed record MemoryConfig(long Size);

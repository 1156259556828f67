namespace Viper.Hypervisor;

/// <summary>A source of random numbers for the guest.</summary>
/// <param name="Src">The path of the host's source.</param>
public sealed record RngConfig(string Src);

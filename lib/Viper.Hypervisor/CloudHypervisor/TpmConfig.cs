namespace Viper.Hypervisor;

/// <summary>A TPM, emulated by another process.</summary>
public sealed record TpmConfig
{
    /// <summary>The path of the control socket of swtpm.</summary>
    public required string Socket { get; init; }
}

namespace Viper.CdpGenerator;

/// <summary>The facts of one version of the protocol.</summary>
public sealed record Protocol(string Version, IReadOnlyList<Domain> Domains);

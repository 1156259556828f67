namespace Viper.Cli.Commands;

/// <summary>What <c>viper vms forward --json</c> prints once it listens.</summary>
/// <param name="Vm">The VM.</param>
/// <param name="Url">The base of its DevTools HTTP endpoints.</param>
/// <param name="Port">The loopback port.</param>
internal sealed record ForwardInfo(string Vm, string Url, int Port);

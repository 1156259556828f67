using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary>What <c>viper version --json</c> prints.</summary>
/// <param name="Client">The version of this program.</param>
/// <param name="Daemon">The daemon's; null where none answers.</param>
internal sealed record CliVersion(string Client, VersionInfo? Daemon);

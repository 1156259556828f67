namespace Viper.Cli.Commands;

/// <summary>What <c>viper vms logs --json</c> prints per line.</summary>
/// <param name="Line">The line without its end.</param>
internal sealed record LogLine(string Line);

namespace Viper.Stage;

/// <summary>What a program that has ended left.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Errors">What it wrote to standard error.</param>
public sealed record ProgramResult(int ExitCode, string Output, string Errors);

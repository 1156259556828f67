namespace Viper.Daemon.Commands;

/// <summary>What <c>db check --json</c> prints.</summary>
/// <param name="Path">The database.</param>
/// <param name="SchemaVersion">The version of its schema.</param>
/// <param name="NewestSchemaVersion">The version to which a daemon of this program brings it.</param>
/// <param name="Ok">Whether nothing was found.</param>
/// <param name="Findings">What is wrong with it, a sentence each.</param>
internal sealed record DatabaseReport(string Path, int SchemaVersion, int NewestSchemaVersion, bool Ok, IReadOnlyList<string> Findings);

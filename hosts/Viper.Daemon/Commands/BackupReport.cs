namespace Viper.Daemon.Commands;

/// <summary>What <c>db backup --json</c> prints.</summary>
/// <param name="Path">The database.</param>
/// <param name="File">The backup.</param>
/// <param name="Bytes">The backup's size.</param>
/// <param name="SchemaVersion">The version of its schema.</param>
internal sealed record BackupReport(string Path, string File, long Bytes, int SchemaVersion);

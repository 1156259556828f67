namespace Viper.State;

/// <summary>A finished backup.</summary>
/// <param name="File">Its full path.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="SchemaVersion">The version of its schema.</param>
public sealed record BackupResult(string File, long Bytes, int SchemaVersion);

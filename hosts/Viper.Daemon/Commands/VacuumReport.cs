namespace Viper.Daemon.Commands;

/// <summary>What <c>db vacuum --json</c> prints.</summary>
/// <param name="Path">The database.</param>
/// <param name="BytesBefore">Its size before.</param>
/// <param name="BytesAfter">Its size after.</param>
/// <param name="BytesGained">What the file system got back.</param>
internal sealed record VacuumReport(string Path, long BytesBefore, long BytesAfter, long BytesGained);

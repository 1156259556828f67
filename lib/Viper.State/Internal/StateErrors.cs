using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Viper.State.Internal;

/// <summary>Turns SQLite's result codes into the typed errors of this library.</summary>
internal static class StateErrors
{
    /// <summary>No room for the shared-memory index of the log: https://www.sqlite.org/rescode.html#ioerr_shmsize.</summary>
    private const int NoSpaceForIndex = raw.SQLITE_IOERR | (19 << 8);

    internal static StateException From(SqliteException e, string operation, string path)
    {
        // Some codes are raised by the managed layer without an extended one.
        int code = e.SqliteExtendedErrorCode != 0 ? e.SqliteExtendedErrorCode : e.SqliteErrorCode;
        var facts = new StateErrorFacts(operation, path, code);
        string failed = $"Could not {operation} in '{path}'";
        if (code == NoSpaceForIndex)
        {
            return new StateDiskFullException(FullMessage(failed), facts, e);
        }

        return (code & 0xFF) switch
        {
            raw.SQLITE_FULL => new StateDiskFullException(FullMessage(failed), facts, e),
            raw.SQLITE_READONLY => new StateReadOnlyException(
                $"{failed}: it is read-only. Nothing was changed; make the file, its folder and its file system writable.", facts, e),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new StateLockedException(
                $"{failed}: another process holds the lock. Nothing was changed; try again, or end the other process.", facts, e),
            raw.SQLITE_CORRUPT => new StateCorruptException(
                $"{failed}: the file is damaged. Nothing was changed; restore a backup, or move the file away to start anew.", facts, e),
            raw.SQLITE_NOTADB => new StateNotADatabaseException(
                $"{failed}: the file is not an SQLite database. It was left as it is; name another file or move it away.", facts, e),
            raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN => new StateIoException(
                $"{failed}: the operating system refused ({e.Message.TrimEnd('.')}). Nothing was changed; check the disk and the kernel's log.", facts, e),
            _ => new StateException($"{failed}: {e.Message.TrimEnd('.')}. Nothing was changed.", facts, e),
        };
    }

    private static string FullMessage(string failed) =>
        $"{failed}: the disk is full. Nothing was changed; free some space and try again.";
}

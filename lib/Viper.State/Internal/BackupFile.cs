using System.ComponentModel;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;
using Viper.State.Interop;

namespace Viper.State.Internal;

/// <summary>A backup in the making: under another name until it is whole, checked and on the disk.</summary>
internal sealed class BackupFile : IDisposable
{
    private const int PagesAtOnce = 256;
    private const string Operation = "write a backup";
    private const string PartialMark = ".partial-";

    // What SQLite may put beside a database; longest names last.
    private static readonly string[] s_companions = ["", "-journal", "-wal", "-shm"];

    private readonly string _source;
    private readonly string _partial;
    private readonly bool _overwrite;

    private BackupFile(string path, string source, bool overwrite)
    {
        Path = path;
        _source = source;
        _overwrite = overwrite;
        _partial = string.Create(CultureInfo.InvariantCulture, $"{path}{PartialMark}{Environment.ProcessId}-{Guid.NewGuid():N}");
    }

    internal string Path { get; }

    private StateErrorFacts Facts => new(Operation, Path);

    private string Folder => System.IO.Path.GetDirectoryName(Path) ?? "/";

    /// <summary>Refuses what must not be written, and makes the empty file.</summary>
    internal static BackupFile Begin(string file, string source, bool overwrite)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        BackupFile backup = new(System.IO.Path.GetFullPath(file), source, overwrite);
        backup.RequirePlace();
        try
        {
            backup.RemoveLeftovers();
            new FileStream(backup._partial, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = DatabaseFile.Private,
            }).Dispose();
            backup.RequireAnotherFile();
            return backup;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            backup.Dispose();
            throw backup.Refused(e);
        }
        catch
        {
            backup.Dispose();
            throw;
        }
    }

    /// <summary>Copies every page as of the moment that the session's transaction sees, and checks the copy.</summary>
    /// <returns>The version of the schema.</returns>
    internal int Fill(Session source, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        // The first read fixes the moment. Without it SQLite would begin anew with each write of another process.
        int version = Migrations.RequireOurs(source, _source);
        try
        {
            using Session copy = Session.Open(_partial, TimeSpan.Zero, readOnly: false);

            // Nobody else knows of the file, and a copy that was cut off is thrown away: no log, no shared memory, no flush yet.
            copy.Execute("PRAGMA locking_mode = EXCLUSIVE");
            copy.Execute("PRAGMA synchronous = OFF");
            Copy(source, copy, progress, cancellationToken);

            // One file that any program can read from anywhere; the store switches back when it opens it.
            copy.Execute("PRAGMA journal_mode = DELETE");
            Verify(copy, cancellationToken);
            return version;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is not (raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB))
        {
            throw StateErrors.From(e, Operation, Path);
        }
    }

    /// <summary>Makes the copy durable and gives it its name.</summary>
    /// <returns>Its size in bytes.</returns>
    internal long Publish()
    {
        try
        {
            using (var file = new FileStream(_partial, FileMode.Open, FileAccess.ReadWrite))
            {
                file.Flush(flushToDisk: true);
            }

            if (!_overwrite)
            {
                RequireNothingThere();
            }

            File.Move(_partial, Path, _overwrite);
            using var folder = new SafeFileHandle(Libc.open(Folder, Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0), ownsHandle: true);
            return !folder.IsInvalid && Libc.fsync(folder) == 0
                ? new FileInfo(Path).Length
                : throw new IOException($"the folder '{Folder}' cannot be made durable: {new Win32Exception().Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(e);
        }
    }

    /// <summary>Removes what there is under the other name.</summary>
    public void Dispose() => Remove(_partial);

    private static void Copy(Session source, Session copy, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        using sqlite3_backup backup = raw.sqlite3_backup_init(copy.Database, "main", source.Database, "main");
        if (backup.IsInvalid)
        {
            SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(copy.Database), copy.Database);
        }

        int code;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            code = raw.sqlite3_backup_step(backup, PagesAtOnce);
            int total = raw.sqlite3_backup_pagecount(backup);
            progress?.Report(new BackupProgress(total - raw.sqlite3_backup_remaining(backup), total));
        }
        while (code == raw.SQLITE_OK);
        if (code != raw.SQLITE_DONE)
        {
            // The code is not one of either connection's last call.
            SqliteException.ThrowExceptionForRC(code, null!);
        }
    }

    private void Verify(Session copy, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        StateChecks.Run(copy, found, progress: null, cancellationToken);
        if (found.Count > 0)
        {
            throw new StateCorruptException(
                $"'{_source}' is not sound, so no backup was made: {found[0]}", new StateErrorFacts(Operation, _source));
        }
    }

    private void RequirePlace()
    {
        if (!Directory.Exists(Folder))
        {
            throw new StateFolderMissingException($"The folder '{Folder}' of the backup does not exist. Create it first.", Facts);
        }

        if (Directory.Exists(Path))
        {
            throw new StateFileExistsException($"'{Path}' is a folder. Name a file in it.", Facts);
        }

        if (!_overwrite)
        {
            RequireNothingThere();
        }
    }

    private void RequireNothingThere()
    {
        if (new FileInfo(Path) is { Exists: true } or { LinkTarget: not null })
        {
            throw new StateFileExistsException($"'{Path}' exists. Nothing was written; name another file, or have this one overwritten.", Facts);
        }
    }

    /// <summary>The folder may be reached by another path than the database's, so the file just made is looked for there.</summary>
    private void RequireAnotherFile()
    {
        string name = System.IO.Path.GetFileName(Path);
        string database = System.IO.Path.GetFileName(_source);
        string beside = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(_source) ?? "/", System.IO.Path.GetFileName(_partial));
        if (s_companions.Any(c => name == database + c) && File.Exists(beside))
        {
            throw new ArgumentException($"'{Path}' is the database itself, or belongs to it; name another file for its backup.", nameof(Path));
        }
    }

    /// <summary>Removes what a killed process left of a backup to this file.</summary>
    private void RemoveLeftovers()
    {
        string mark = System.IO.Path.GetFileName(Path) + PartialMark;
        foreach (string left in Directory.EnumerateFiles(Folder).Where(f => System.IO.Path.GetFileName(f).StartsWith(mark, StringComparison.Ordinal)))
        {
            string pid = System.IO.Path.GetFileName(left)[mark.Length..].Split('-')[0];
            if (pid.Length > 0 && pid.All(char.IsAsciiDigit) && !Directory.Exists($"/proc/{pid}"))
            {
                File.Delete(left);
            }
        }
    }

    private static void Remove(string path)
    {
        foreach (string companion in s_companions)
        {
            File.Delete(path + companion);
        }
    }

    private StateException Refused(Exception e)
    {
        string why = $"The backup '{Path}' could not be written: {e.Message.TrimEnd('.')}.";
        return e is UnauthorizedAccessException || Libc.access(Folder, Libc.W_OK) != 0
            ? new StateReadOnlyException($"{why} Make the folder writable, or name a file in another.", Facts, e)
            : e.HResult is Libc.ENOSPC or Libc.EDQUOT
            ? new StateDiskFullException($"{why} Free some space, or name a file on another disk.", Facts, e)
            : new StateIoException(why, Facts, e);
    }
}

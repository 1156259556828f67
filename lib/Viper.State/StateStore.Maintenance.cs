using Microsoft.Data.Sqlite;
using Viper.State.Internal;

namespace Viper.State;

public sealed partial class StateStore
{
    /// <summary>Reads the whole file and says what is wrong with it: pages, foreign keys, leases beside VMs, the event log's count.</summary>
    /// <param name="progress">Told of each part by name, before it.</param>
    /// <param name="cancellationToken">Ends the check between two parts.</param>
    /// <returns>One sentence for each finding; none for a sound file.</returns>
    /// <remarks>Takes time in proportion to the file. Writers go on meanwhile, and all is looked at as of one moment.</remarks>
    public IReadOnlyList<string> CheckIntegrity(IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        var found = new List<string>();
        try
        {
            return Read("check the database", session =>
            {
                StateChecks.Run(session, found, progress, cancellationToken);
                return found;
            });
        }
        catch (StateCorruptException)
        {
            found.Add("The file is damaged so badly that the check could not be finished.");
            return found;
        }
    }

    /// <summary>Copies the database as of this moment into a file, which is whole, checked and on the disk when this returns.</summary>
    /// <param name="file">The new file (mode 0600); its folder must exist.</param>
    /// <param name="overwrite">Whether an existing file is replaced.</param>
    /// <param name="progress">Told after each part of the copy.</param>
    /// <param name="cancellationToken">Ends the copy; nothing of it remains.</param>
    /// <remarks>
    /// Writers go on meanwhile, in this process and in others. Until the end the copy has another name
    /// (<c>FILE.partial-PID-…</c>), so that no half backup is ever taken for one; what a killed process left of one goes with
    /// the next backup to that file.
    /// </remarks>
    /// <exception cref="StateFileExistsException">The file exists.</exception>
    /// <exception cref="StateFolderMissingException">The folder does not exist.</exception>
    /// <exception cref="ArgumentException">The file is the database itself, or one of SQLite's files beside it.</exception>
    /// <exception cref="StateException">The database cannot be read, or the file cannot be written.</exception>
    public BackupResult BackUp(
        string file, bool overwrite = false, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using BackupFile target = BackupFile.Begin(file, Path, overwrite);
        int version = Read("back up the database", session => target.Fill(session, progress, cancellationToken));
        return new BackupResult(target.Path, target.Publish(), version);
    }

    /// <summary>Gives unused pages of a database back to the file system; its schema stays as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How long to wait for others; the defaults for null.</param>
    /// <remarks>
    /// Readers go on meanwhile, writers wait. The disk needs twice the file's size for the time. Where somebody reads at
    /// the end, the file shrinks with a later checkpoint.
    /// </remarks>
    /// <exception cref="StateFileMissingException">There is no such file.</exception>
    /// <exception cref="StateException">As of <see cref="Open(string, TimeProvider?)"/>; nothing was changed.</exception>
    public static VacuumResult Vacuum(string path, StateStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = System.IO.Path.GetFullPath(path);
        DatabaseFile.RequirePresent(path, "compact the database");
        Interop.SqliteLibrary.EnsureLoaded(path);
        try
        {
            using Session session = Session.Open(path, (options ?? new StateStoreOptions()).BusyTimeout, readOnly: false);
            session.BeginRead();
            Migrations.RequireOurs(session, path);
            session.Commit();
            long before = Bytes(session);
            session.Execute("VACUUM");
            session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            return new VacuumResult(before, Bytes(session));
        }
        catch (SqliteException e)
        {
            throw StateErrors.From(e, "compact the database", path);
        }
    }

    private static long Bytes(Session session) => session.Command("PRAGMA page_count").Number() * session.Command("PRAGMA page_size").Number();
}

using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Viper.State.Internal;

namespace Viper.State;

/// <summary>The durable state of one host: VMs, the addresses they lease, and the events that tell of them.</summary>
/// <remarks>
/// <para>Thread-safe. Calls block: one writer at a time within the process, any number of readers beside it; other
/// processes may use the same file. A write that has returned survives a crash of the program and of the machine.</para>
/// <para>Callbacks run inside the transaction, under the writer's lock: keep them short, and do not call the store from
/// them. If one throws, nothing is changed and its exception reaches the caller.</para>
/// <para>Every method may throw a <see cref="StateException"/>; then nothing was changed.</para>
/// </remarks>
public sealed partial class StateStore : IDisposable
{
    private const int IdleReaders = 4;

    private static readonly Lock s_openGate = new();

    private readonly StateStoreOptions _options;
    private readonly Lock _writeGate = new();
    private readonly ConcurrentBag<Session> _readers = [];
    private readonly SortedIds _ids;
    private readonly SteadyClock _steady;
    private readonly bool _isReadOnly;
    private Session? _writer;
    private bool _writing;
    private volatile bool _disposed;

    private StateStore(string path, StateStoreOptions options, Session? writer, int schemaVersion = 0)
    {
        _isReadOnly = writer is null;
        Path = path;
        SchemaVersion = schemaVersion;
        _options = options;
        _writer = writer;
        _ids = new SortedIds(options.Time);
        _steady = new SteadyClock(options.Time);
    }

    /// <summary>Gets the full path of the database.</summary>
    public string Path { get; }

    /// <summary>Gets the version to which <see cref="Open(string, TimeProvider?)"/> brings a database.</summary>
    public static int NewestSchemaVersion { get; } = Migrations.Embedded()[^1].Version;

    /// <summary>Gets the version of the schema: the newest one, unless the store was opened for reading only.</summary>
    public int SchemaVersion { get; private set; }

    private DateTimeOffset Now => Times.Whole(_options.Time.GetUtcNow());

    /// <summary>Opens the database, makes it where there is none (mode 0600), and brings its schema up to date.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <exception cref="StateLibraryException">The system has no usable SQLite.</exception>
    /// <exception cref="StateFolderMissingException">The folder does not exist.</exception>
    /// <exception cref="StateNotADatabaseException">The file is something else.</exception>
    /// <exception cref="StateSchemaTooNewException">A newer version wrote the file.</exception>
    /// <exception cref="StateException">Another error of the file or its file system.</exception>
    public static StateStore Open(string path, TimeProvider? time = null) =>
        Open(path, new StateStoreOptions { Time = time ?? TimeProvider.System });

    /// <summary>Opens the database, makes it where there is none (mode 0600), and brings its schema up to date.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="options">How the store behaves.</param>
    /// <exception cref="StateException">As of the other overload.</exception>
    public static StateStore Open(string path, StateStoreOptions options) => Open(path, options, Migrations.Embedded());

    internal static StateStore Open(string path, StateStoreOptions options, IReadOnlyList<Migration> migrations)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(options.Time);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EventsKept, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BusyTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BusyTimeout, TimeSpan.FromHours(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Quarantine, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Quarantine, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.EventsKeptFor ?? TimeSpan.MaxValue, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.OperationsKeptFor, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(options.OperationsKept);
        path = System.IO.Path.GetFullPath(path);
        Interop.SqliteLibrary.EnsureLoaded(path);
        lock (s_openGate)
        {
            DatabaseFile.Prepare(path);
        }

        StateStore store = OpenWriter(path, options, migrations);
        try
        {
            store.LimitQuarantines();
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the running write and closes the database.</summary>
    public void Dispose()
    {
        lock (_writeGate)
        {
            _disposed = true;
            _writer?.Dispose();
            _writer = null;
        }

        while (_readers.TryTake(out Session? reader))
        {
            reader.Dispose();
        }
    }

    private static StateStore OpenWriter(string path, StateStoreOptions options, IReadOnlyList<Migration> migrations)
    {
        Session? session = null;
        try
        {
            session = Session.Open(path, options.BusyTimeout, readOnly: false);

            // Looked at before anything is written: a file that is not ours stays as it is. In one transaction, since
            // another process may be making the tables right now.
            session.BeginRead();
            int found = Migrations.Check(session, migrations[^1].Version, path);
            session.Commit();
            session.EnableWriteAheadLog(path);
            if (found < migrations[^1].Version)
            {
                Migrations.Apply(session, migrations, path, options.Time);
            }

            return new StateStore(path, options, session, migrations[^1].Version);
        }
        catch (SqliteException e)
        {
            session?.Dispose();
            throw StateErrors.From(e, "open the database", path);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>Runs a change in one transaction, which a failure of any kind undoes.</summary>
    private T Write<T>(string operation, Func<Session, T> change)
    {
        lock (_writeGate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_isReadOnly)
            {
                throw new InvalidOperationException("The store was opened for reading only.");
            }

            if (_writing)
            {
                throw new InvalidOperationException("A callback of the store called the store; it must not.");
            }

            try
            {
                _writing = true;
                _writer ??= Session.Open(Path, _options.BusyTimeout, readOnly: false);
                _writer.BeginWrite();
                T result = change(_writer);
                _writer.Commit();
                return result;
            }
            catch (SqliteException e)
            {
                RollBack();
                throw StateErrors.From(e, operation, Path);
            }
            catch
            {
                RollBack();
                throw;
            }
            finally
            {
                _writing = false;
            }
        }
    }

    private void RollBack()
    {
        if (_writer is { } writer && !writer.TryRollBack())
        {
            // Closing the connection undoes what it could not; the next write opens a fresh one.
            writer.Dispose();
            _writer = null;
        }
    }

    /// <summary>Runs a query on a connection of its own, all of it at one moment of the database.</summary>
    private T Read<T>(string operation, Func<Session, T> query)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Session? session = null;
        bool sound = false;
        try
        {
            session = _readers.TryTake(out Session? idle) ? idle : Session.Open(Path, _options.BusyTimeout, readOnly: true, _isReadOnly);
            session.BeginRead();
            T result = query(session);
            session.Commit();
            sound = true;
            return result;
        }
        catch (SqliteException e)
        {
            throw StateErrors.From(e, operation, Path);
        }
        finally
        {
            if (session is not null)
            {
                Return(session, sound);
            }
        }
    }

    private void Return(Session session, bool sound)
    {
        if (!sound || _disposed || _readers.Count >= IdleReaders)
        {
            session.Dispose();
            return;
        }

        _readers.Add(session);
        if (_disposed && _readers.TryTake(out Session? late))
        {
            // The store was closed between the question and the return.
            late.Dispose();
        }
    }
}

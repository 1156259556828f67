using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Viper.State.Internal;

/// <summary>One connection and its kept commands. Not thread-safe: one caller at a time.</summary>
internal sealed class Session : IDisposable
{
    private readonly SqliteConnection _connection;

    // By address: the texts are constants, and to hash one takes as long as to run a short command.
    private readonly Dictionary<string, Statement> _kept = new(ReferenceEqualityComparer.Instance);

    private Session(SqliteConnection connection) => _connection = connection;

    internal long LastInsertRowId => raw.sqlite3_last_insert_rowid(Database);

    /// <summary>SQLite's own handle, owned by the connection.</summary>
    internal sqlite3 Database => _connection.Handle!;

    private bool InTransaction => raw.sqlite3_get_autocommit(Database) == 0;

    /// <summary>Opens an existing file. Reads nothing of it yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="busyTimeout">How long to wait for another's lock.</param>
    /// <param name="readOnly">Whether its commands may only read.</param>
    /// <param name="fileReadOnly">Whether the file itself is opened for reading only.</param>
    internal static Session Open(string path, TimeSpan busyTimeout, bool readOnly, bool fileReadOnly = false)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = fileReadOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite,
            // The settings below go through the managed layer, which repeats a busy one itself until this many seconds are
            // over (0 would mean for ever). The kept commands wait in SQLite's own busy handler.
            DefaultTimeout = Math.Max(1, (int)busyTimeout.TotalSeconds),
            Pooling = false,
        }.ToString());
        var session = new Session(connection);
        try
        {
            connection.Open();
            session.Execute($"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}");
            session.Execute("PRAGMA foreign_keys = ON");
            session.Execute("PRAGMA trusted_schema = OFF");
            session.Execute("PRAGMA cell_size_check = ON");
            session.Execute("PRAGMA synchronous = FULL");
            if (readOnly)
            {
                session.Execute("PRAGMA query_only = ON");
            }

            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Switches the file to the write-ahead log, which lets readers go on beside the writer.</summary>
    internal void EnableWriteAheadLog(string path)
    {
        // Through the managed layer: SQLite does not wait here where two want to switch at once.
        using (SqliteCommand mode = _connection.CreateCommand())
        {
            mode.CommandText = "PRAGMA journal_mode = WAL";
            string actual = (string)mode.ExecuteScalar()!;
            if (actual != "wal")
            {
                throw new StateIoException(
                    $"'{path}' cannot use a write-ahead log (the mode stayed '{actual}'): its file system lacks shared " +
                    "memory. Put the state folder on a local file system.", new StateErrorFacts("open the database", path));
            }
        }

        // A burst may let the log grow; after its checkpoint the file gives the space back.
        Execute("PRAGMA journal_size_limit = 16777216");
    }

    /// <summary>Gives the kept command of a constant text; its parameters are those of the last use until set again.</summary>
    internal Statement Command(string sql)
    {
        if (!_kept.TryGetValue(sql, out Statement? statement))
        {
            statement = new Statement(Database, sql);
            _kept.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>Runs SQL that is not worth keeping: settings and migrations.</summary>
    internal void Execute(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal void BeginWrite() => Command("BEGIN IMMEDIATE").Run();

    internal void BeginRead() => Command("BEGIN DEFERRED").Run();

    internal void Commit() => Command("COMMIT").Run();

    /// <summary>Undoes the open transaction. False says that the connection can no longer be trusted.</summary>
    internal bool TryRollBack()
    {
        try
        {
            // After some errors (a full disk, for one) SQLite has rolled back by itself.
            if (InTransaction)
            {
                Command("ROLLBACK").Run();
            }

            return !InTransaction;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        foreach (Statement statement in _kept.Values)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }
}

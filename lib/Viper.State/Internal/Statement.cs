using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Viper.State.Internal;

/// <summary>One SQL command that is parsed once and kept with its connection. Not thread-safe.</summary>
/// <remarks>
/// SQLite's own calls, without the managed command above them: that binds every parameter by its name anew and allocates
/// a reader for each use. Waiting for another process's lock is the business of the connection's busy handler.
/// </remarks>
internal sealed class Statement : IDisposable
{
    private const int TextOnStack = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly string[] _parameters;

    internal Statement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        _parameters = new string[raw.sqlite3_bind_parameter_count(_statement)];
        for (int i = 0; i < _parameters.Length; i++)
        {
            _parameters[i] = string.Intern(raw.sqlite3_bind_parameter_name(_statement, i + 1).utf8_to_string());
        }
    }

    internal Statement Set(string name, string? value)
    {
        int index = IndexOf(name);
        if (string.IsNullOrEmpty(value))
        {
            // An empty span has no address, which SQLite takes for NULL.
            Check(value is null ? raw.sqlite3_bind_null(_statement, index) : raw.sqlite3_bind_text(_statement, index, ""));
            return this;
        }

        int most = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = most > TextOnStack ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> bytes = rented is null ? stackalloc byte[TextOnStack] : rented;
        try
        {
            // SQLite copies the bytes.
            Check(raw.sqlite3_bind_text(_statement, index, bytes[..Encoding.UTF8.GetBytes(value, bytes)]));
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }

        return this;
    }

    internal Statement Set(string name, long? value)
    {
        int index = IndexOf(name);
        Check(value is { } number ? raw.sqlite3_bind_int64(_statement, index, number) : raw.sqlite3_bind_null(_statement, index));
        return this;
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>The number of rows that it changed.</returns>
    internal int Run()
    {
        using Rows rows = Query();
        while (rows.Read())
        {
        }

        return raw.sqlite3_changes(_database);
    }

    /// <summary>Runs it row by row; it must not be used again before the rows are disposed of.</summary>
    internal Rows Query() => new(this, _statement);

    /// <summary>Runs it and gives the number in the first column of its first row.</summary>
    internal long Number()
    {
        using Rows rows = Query();
        rows.Read();
        return rows.Number(0);
    }

    /// <summary>As <see cref="Number"/>; null where there is no row, or NULL in it.</summary>
    internal long? NumberOrNull()
    {
        using Rows rows = Query();
        return rows.Read() ? rows.NumberOrNull(0) : null;
    }

    internal bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        if (code != raw.SQLITE_ROW)
        {
            Check(code);
        }

        return code == raw.SQLITE_ROW;
    }

    public void Dispose() => _statement.Dispose();

    private int IndexOf(string name)
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            // Both are interned, so most comparisons end at the address.
            if (ReferenceEquals(_parameters[i], name) || _parameters[i] == name)
            {
                return i + 1;
            }
        }

        throw new ArgumentException($"The command has no parameter {name}.", nameof(name));
    }

    private void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE))
        {
            SqliteException.ThrowExceptionForRC(code, _database);
        }
    }
}

using System.Net;
using SQLitePCL;

namespace Viper.State.Internal;

/// <summary>The rows that a running command gives, one at a time; nothing is allocated for them.</summary>
internal readonly ref struct Rows(Statement statement, sqlite3_stmt handle)
{
    internal bool Read() => statement.Step();

    internal bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    internal long Number(int column) => raw.sqlite3_column_int64(handle, column);

    internal long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    internal string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string() ?? "";

    internal string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    internal DateTimeOffset Time(int column) => Times.FromNumber(Number(column));

    internal DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    internal IPAddress Address(int column) => IPAddress.Parse(Text(column));

    /// <summary>Ends the command, which keeps its parameters. What went wrong was said by <see cref="Read"/>.</summary>
    public void Dispose() => raw.sqlite3_reset(handle);
}

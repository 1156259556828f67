using Microsoft.Data.Sqlite;

namespace Viper.State.Internal;

/// <summary>One SQL command that is parsed once and kept with its connection.</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    internal Statement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
    }

    internal Statement Set(string name, string? value) => SetValue(name, value);

    internal Statement Set(string name, long? value) => SetValue(name, value);

    internal int Run() => _command.ExecuteNonQuery();

    internal SqliteDataReader Query() => _command.ExecuteReader();

    internal long Number() => Convert.ToInt64(_command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);

    internal string Text() => (string)_command.ExecuteScalar()!;

    public void Dispose() => _command.Dispose();

    private Statement SetValue(string name, object? value)
    {
        int index = _command.Parameters.IndexOf(name);
        if (index < 0)
        {
            _command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }
        else
        {
            _command.Parameters[index].Value = value ?? DBNull.Value;
        }

        return this;
    }
}

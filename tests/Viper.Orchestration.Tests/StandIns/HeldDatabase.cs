using Microsoft.Data.Sqlite;

namespace Viper.Orchestration.Tests.StandIns;

/// <summary>Another connection holds the write lock: every write of the engine fails until it lets go.</summary>
internal sealed class HeldDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;

    private HeldDatabase(SqliteConnection connection)
    {
        _connection = connection;
        _transaction = connection.BeginTransaction(deferred: false);
    }

    public static HeldDatabase Take(EngineFixture fixture)
    {
        SqliteConnection connection = new($"Data Source={Path.Combine(fixture.Settings.StateDirectory, "state.db")};Pooling=False");
        connection.Open();
        return new HeldDatabase(connection);
    }

    public void Dispose()
    {
        _transaction.Dispose();
        _connection.Dispose();
    }
}

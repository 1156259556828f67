using System.Diagnostics;
using System.Globalization;
using System.Net;
using Viper.State.Internal;

namespace Viper.State.Tests;

/// <summary>Databases of every earlier version, with data, brought forward.</summary>
public sealed class MigrationTests : IDisposable
{
    private static readonly int s_latest = Migrations.Embedded()[^1].Version;
    private readonly StateFolder _folder = new(inMemory: true);

    public static IEnumerable<TheoryDataRow<int>> Earlier => Enumerable.Range(1, s_latest - 1).Select(v => new TheoryDataRow<int>(v));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Earlier))]
    public void Open_EarlierVersion_KeepsEveryValueOfEveryTable(int version)
    {
        Load(version);
        string[] queries = Sqlite("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_migrations' ORDER BY name")
            .Split('\n').Select(table => $"SELECT {ColumnsOf(table)} FROM {table} ORDER BY 1").ToArray();
        string[] before = [.. queries.Select(Sqlite)];
        Assert.Contains(before, rows => rows.Contains("grün", StringComparison.Ordinal));

        StateStore.Open(_folder.Database).Dispose();

        Assert.Equal(before, queries.Select(Sqlite));
        Assert.Equal(s_latest.ToString(CultureInfo.InvariantCulture), Sqlite("SELECT max(version) FROM schema_migrations"));
    }

    [Theory]
    [MemberData(nameof(Earlier))]
    public void Open_EarlierVersion_HasTheSchemaOfANewFile(int version)
    {
        const string Schema = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";
        StateStore.Open(_folder.Database).Dispose();
        string fresh = Sqlite(Schema);
        File.Delete(_folder.Database);
        Load(version);

        StateStore.Open(_folder.Database).Dispose();

        Assert.Equal(fresh, Sqlite(Schema));
    }

    [Theory]
    [MemberData(nameof(Earlier))]
    public void Open_EarlierVersion_GoesOnWhereItWas(int version)
    {
        Load(version);
        using var store = StateStore.Open(_folder.Database, Vms.NoRest);

        Assert.Empty(store.CheckIntegrity());
        Assert.Equal(["a", "b", "of-an-earlier-subnet"], store.ListVms().Select(v => v.Name));
        Assert.Equal((41L, 45L), (store.OldestSeq, store.LastSeq));
        Assert.Equal([3L, 1L, 7L], store.ListLeases().Select(l => l.Epoch));

        // A released address is given again, with its epoch; one that had left the pool is not.
        Assert.IsType<DeleteVmResult.Deleted>(Vms.Delete(store, store.GetVm("a")!.Id));
        Assert.IsType<DeleteVmResult.Deleted>(Vms.Delete(store, store.GetVm("of-an-earlier-subnet")!.Id));
        CreateVmResult.Created made = Assert.IsType<CreateVmResult.Created>(Vms.TryCreate(store, "next"));
        Assert.Equal(("10.0.0.1", 4L, 48L), (made.Vm.IpAddress.ToString(), made.Lease.Epoch, made.Event.Seq));
        Assert.Equal(new PoolUsage(5, 2, 0, store.PoolUsage().Reserved), store.PoolUsage());
        Assert.Equal(1, store.AddToPool(IPNetwork.Parse("10.1.0.0/30"), new HashSet<IPAddress> { IPAddress.Parse("10.1.0.2") }).Added);
        store.BeginOperation(new NewOperation("vm.create"));
        Assert.Empty(store.CheckIntegrity());
    }

    [Theory]
    [MemberData(nameof(Earlier))]
    public void OpenReadOnly_EarlierVersion_ReadsAndChecksItAsItIs(int version)
    {
        Load(version);
        using var store = StateStore.OpenReadOnly(_folder.Database);

        Assert.Equal(version, store.SchemaVersion);
        Assert.Equal(3, store.ListVms().Count);
        Assert.Empty(store.CheckIntegrity());
        Assert.Equal(version, store.BackUp(_folder.Database + ".backup").SchemaVersion);
    }

    [Theory]
    [MemberData(nameof(Earlier))]
    public void Open_EarlierVersionWhileItsMigrationWasKilled_GoesOnWithEverything(int version)
    {
        for (int round = 0; round < 8; round++)
        {
            File.Delete(_folder.Database);
            Load(version);
            string last = "";
            Process process = ChildProcess.StartPart("migrate-for-ever", _folder.Database);
            try
            {
                for (int line = 0; line <= round; line++)
                {
                    last = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException(process.StandardError.ReadToEnd());
                }
            }
            finally
            {
                ChildProcess.End(process);
            }

            using (var store = StateStore.Open(last, Vms.NoRest))
            {
                Assert.Empty(store.CheckIntegrity());
                Assert.Equal(["a", "b", "of-an-earlier-subnet"], store.ListVms().Select(v => v.Name));
                Assert.Equal([3L, 1L, 7L], store.ListLeases().Select(l => l.Epoch));
                Assert.Equal([41L, 42L, 43L, 44L], store.ReadEvents(0, 10).Events.Select(e => e.Seq));
            }

            foreach (string file in Directory.GetFiles(_folder.Path))
            {
                File.Delete(file);
            }
        }
    }

    [Fact]
    public void Open_EarlierVersionThatBreaksAReference_IsLeftAsItWas()
    {
        Load(1);
        Sqlite("PRAGMA foreign_keys = OFF; UPDATE ip_allocations SET vm_id = 'vm_gone' WHERE ip_number = 167772161");

        Assert.Throws<StateCorruptException>(() => StateStore.Open(_folder.Database));

        Assert.Equal("1", Sqlite("SELECT max(version) FROM schema_migrations"));
        Assert.Equal("0", Sqlite("SELECT count(*) FROM pragma_table_info('ip_allocations') WHERE name = 'free_at'"));
    }

    private void Load(int version)
    {
        using Stream? dump = typeof(MigrationTests).Assembly.GetManifestResourceStream($"Schemas/version-{version}.sql");
        Assert.True(dump is not null, $"Schemas/version-{version}.sql is missing: make a dump of that version with data.");
        string script = Path.Combine(_folder.Path, "dump.sql");
        using (FileStream file = File.Create(script))
        {
            dump.CopyTo(file);
        }

        Sqlite(".read " + script);
    }

    private string ColumnsOf(string table) => Sqlite($"SELECT group_concat(name, ', ') FROM pragma_table_info('{table}')");

    private string Sqlite(string sql)
    {
        (int code, string output) = ChildProcess.Run("sqlite3", _folder.Database, sql);
        Assert.True(code == 0, $"sqlite3 ended with {code}: {output}");
        return output.Trim();
    }
}

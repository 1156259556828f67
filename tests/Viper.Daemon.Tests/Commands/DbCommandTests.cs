using System.Net;
using System.Text.Json;
using Viper.Daemon.Commands;
using Viper.Daemon.Composition;
using Viper.State;

namespace Viper.Daemon.Tests.Commands;

/// <summary><c>viperd db</c> on real databases.</summary>
public sealed class DbCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vpr").FullName;

    private string Database => Path.Combine(_folder, "state.db");

    private string Backup => Path.Combine(_folder, "backup.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Backup_BesideAStoreInUse_IsADatabaseWithEverything()
    {
        using StateStore store = Seed();

        (int exit, string output, string errors) = await RunAsync("db", "backup", Backup);

        Assert.Equal((0, $"{Backup}  {new FileInfo(Backup).Length} bytes  schema {StateStore.NewestSchemaVersion}\n"), (exit, output));
        Assert.EndsWith("copied 100 %\n", errors, StringComparison.Ordinal);
        using StateStore copy = StateStore.OpenReadOnly(Backup);
        Assert.Equal("a", Assert.Single(copy.ListVms()).Name);
    }

    [Fact]
    public async Task Backup_FileExists_IsAConflictUnlessForced()
    {
        Seed().Dispose();
        await File.WriteAllTextAsync(Backup, "theirs", CancellationToken.None);

        (int refused, string _, string errors) = await RunAsync("db", "backup", Backup);
        Assert.Equal((4, "theirs"), (refused, await File.ReadAllTextAsync(Backup, CancellationToken.None)));
        AssertOneLine(errors, "--force");

        (int forced, string output, string _) = await RunAsync("db", "backup", Backup, "--force", "--json");
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal((0, Database, Backup), (forced, report.RootElement.GetProperty("path").GetString(), report.RootElement.GetProperty("file").GetString()));
        Assert.Equal(new FileInfo(Backup).Length, report.RootElement.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task Backup_WhereNoneCanBe_SaysSoInOneLine()
    {
        Seed().Dispose();
        (int itself, string _, string own) = await RunAsync("db", "backup", Database, "--force");
        (int noFolder, string _, string missing) = await RunAsync("db", "backup", Path.Combine(_folder, "none", "b.db"));
        (int noName, string _, string _) = await RunAsync("db", "backup");

        Assert.Equal((4, 3, 2), (itself, noFolder, noName));
        AssertOneLine(own, "is the database itself");
        AssertOneLine(missing, "does not exist");
    }

    [Fact]
    public async Task Check_SoundDatabaseInUse_ExitsZero()
    {
        using StateStore store = Seed();

        (int exit, string output, string errors) = await RunAsync("db", "check");
        (int json, string document, string _) = await RunAsync("db", "check", "--json");

        Assert.Equal((0, $"{Database}  sound  schema {StateStore.NewestSchemaVersion}\n"), (exit, output));
        Assert.StartsWith("checking pages\nchecking foreign keys\nchecking leases\n", errors, StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(document);
        Assert.Equal((0, true, 0), (json, report.RootElement.GetProperty("ok").GetBoolean(), report.RootElement.GetProperty("findings").GetArrayLength()));
        Assert.Equal(StateStore.NewestSchemaVersion, report.RootElement.GetProperty("schema_version").GetInt32());
    }

    [Fact]
    public async Task Check_LeaseThatIsNoVms_ExitsOneWithTheFinding()
    {
        Seed().Dispose();
        Execute("PRAGMA foreign_keys = OFF; UPDATE ip_allocations SET vm_id = NULL, leased_at = NULL, status = 'free'");

        (int exit, string output, string _) = await RunAsync("db", "check");
        (int json, string document, string _) = await RunAsync("db", "check", "--json");

        Assert.Equal((1, "VM 'a' has the address 192.168.127.2 but no lease of it.\n"), (exit, output));
        using JsonDocument report = JsonDocument.Parse(document);
        Assert.Equal((1, false, 1), (json, report.RootElement.GetProperty("ok").GetBoolean(), report.RootElement.GetProperty("findings").GetArrayLength()));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("vacuum")]
    [InlineData("backup", "FILE")]
    public async Task EveryVerb_MissingNewerOrNoDatabase_SaysSoInOneLine(params string[] verb)
    {
        string[] arguments = ["db", .. verb.Select(a => a == "FILE" ? Backup : a)];
        (int missing, string _, string said) = await RunAsync(arguments);
        Assert.Equal((3, false), (missing, File.Exists(Database)));
        AssertLastLine(said, "There is no database");

        Seed().Dispose();
        Execute("INSERT INTO schema_migrations VALUES (99, 'later', 0)");
        (int newer, string _, string tooNew) = await RunAsync(arguments);
        Assert.Equal(1, newer);
        AssertLastLine(tooNew, "schema version 99");

        File.WriteAllText(Database, new string('x', 10_000));
        (int text, string _, string other) = await RunAsync(arguments);
        Assert.Equal((1, false), (text, File.Exists(Backup)));
        AssertLastLine(other, "not an SQLite database");
    }

    [Fact]
    public async Task CheckAndBackup_DamagedDatabase_ExitOne()
    {
        Seed().Dispose();
        byte[] bytes = await File.ReadAllBytesAsync(Database, CancellationToken.None);
        new Random(5).NextBytes(bytes.AsSpan(4096));
        await File.WriteAllBytesAsync(Database, bytes, CancellationToken.None);

        (int check, string _, string said) = await RunAsync("db", "check");
        (int backup, string _, string refused) = await RunAsync("db", "backup", Backup);

        Assert.Equal((1, 1, false), (check, backup, File.Exists(Backup)));
        AssertOneLine(said, "damaged");
        AssertOneLine(refused, "damaged");
    }

    [Fact]
    public async Task Vacuum_AfterMuchWasRemoved_SaysWhatItGained()
    {
        using StateStore store = Seed();
        for (int i = 0; i < 100; i++)
        {
            store.AppendEvent(new EventDraft("X", DataJson: new string('x', 6000)));
        }

        store.TrimEvents(1);
        (int exit, string output, string _) = await RunAsync("db", "vacuum", "--json");
        (int again, string line, string _) = await RunAsync("db", "vacuum");

        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal((0, 0), (exit, again));
        Assert.True(report.RootElement.GetProperty("bytes_gained").GetInt64() > 400_000, output);
        Assert.EndsWith("bytes gained\n", line, StringComparison.Ordinal);
        Assert.Empty(store.CheckIntegrity());
    }

    [Fact]
    public async Task Vacuum_DatabaseIsLocked_IsAConflictAndTheOthersGoOn()
    {
        using StateStore store = Seed();
        Task<(int Exit, string Output, string Errors)>? locked = null;
        int check = -1;

        // Inside the transaction, the lock is held for as long as the callback runs.
        store.CreateVm(
            New("b"),
            _ =>
            {
                check = RunAsync("db", "check").GetAwaiter().GetResult().Exit;
                locked = RunAsync("db", "vacuum");
                locked.Wait();
                return "02:00:00:00:00:02";
            },
            static vm => EventDraft.About("VM_CREATED", vm));

        (int exit, string _, string errors) = await locked!;
        Assert.Equal((0, 4, 2), (check, exit, store.CountVms()));
        AssertLastLine(errors, "another process holds the lock");
    }

    private static NewVm New(string name) => new() { Name = name, Status = "creating", CpuCores = 1, MemoryMb = 512, Image = "browser" };

    private static void AssertOneLine(string errors, string part)
    {
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
        AssertLastLine(errors, part);
    }

    private static void AssertLastLine(string errors, string part)
    {
        string last = errors.TrimEnd('\n').Split('\n')[^1];
        Assert.StartsWith("viperd: ", last, StringComparison.Ordinal);
        Assert.Contains(part, last, StringComparison.Ordinal);
    }

    private StateStore Seed()
    {
        StateStore store = StateStore.Open(Database);
        store.SeedPool(IPNetwork.Parse("192.168.127.0/24"), new HashSet<IPAddress> { IPAddress.Parse("192.168.127.1") });
        store.CreateVm(New("a"), static _ => "02:00:00:00:00:01", static vm => EventDraft.About("VM_CREATED", vm));
        return store;
    }

    private void Execute(string sql)
    {
        using System.Diagnostics.Process sqlite = System.Diagnostics.Process.Start("sqlite3", [Database, sql]);
        sqlite.WaitForExit();
        Assert.Equal(0, sqlite.ExitCode);
    }

    private async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using StringWriter output = new();
        await using StringWriter errors = new();
        string[] all = [.. arguments, "--state-dir", _folder];
        int exit = await Task.Run(() => ViperdCommandLine.RunAsync(all, ViperdParts.Real, output, errors, CancellationToken.None));
        return (exit, output.ToString(), errors.ToString());
    }
}

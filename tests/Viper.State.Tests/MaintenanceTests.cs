using System.Diagnostics;
using System.Globalization;

namespace Viper.State.Tests;

/// <summary>Backup, check and compaction, beside whoever uses the database.</summary>
public sealed class MaintenanceTests : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(3);
    private readonly StateFolder _folder = new();

    private string Backup => Path.Combine(_folder.Path, "backup.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BackUp_BesideTwoWritingProcesses_IsWholeEachTime()
    {
        using var folder = new StateFolder(inMemory: true);
        string backup = Path.Combine(folder.Path, "backup.db");
        Process[] writers = [.. Enumerable.Range(0, 2).Select(_ => ChildProcess.StartPart("write-for-ever", folder.Database, "5"))];
        try
        {
            long last = 0;
            for (int i = 0; i < 5; i++)
            {
                while (long.Parse(writers[0].StandardOutput.ReadLine()!, CultureInfo.InvariantCulture) <= last)
                {
                }

                using var store = StateStore.OpenReadOnly(folder.Database);
                Assert.Equal(store.SchemaVersion, store.BackUp(backup, overwrite: i > 0).SchemaVersion);

                using var copy = StateStore.Open(backup, Vms.NoRest);
                Vms.AssertSound(copy);
                Assert.True(copy.LastSeq > last, "The backup is not newer than the one before.");
                last = copy.LastSeq;
            }
        }
        finally
        {
            Array.ForEach(writers, ChildProcess.End);
        }
    }

    [Fact]
    public void BackUp_OfAStoreInUse_IsOnePrivateFileWithEverything()
    {
        using StateStore store = Seed();
        Vms.Create(store, "b");
        var progress = new List<BackupProgress>();

        BackupResult result = store.BackUp(Backup, progress: new Listener<BackupProgress>(progress));

        Vms.Create(store, "c");
        Assert.Equal((Backup, new FileInfo(Backup).Length, store.SchemaVersion), (result.File, result.Bytes, result.SchemaVersion));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Backup));
        Assert.Equal(["backup.db"], FilesWith("backup"));
        Assert.Equal(progress[^1].PagesTotal, progress[^1].PagesDone);
        Assert.Equal("delete", ChildProcess.Run("sqlite3", Backup, "PRAGMA journal_mode").Output.Trim());
        using var copy = StateStore.Open(Backup);
        Assert.Equal(["a", "b"], copy.ListVms().Select(v => v.Name));
        Vms.AssertSound(copy);
    }

    [Fact]
    public void BackUp_FileExists_IsRefusedUnlessItMayBeReplaced()
    {
        using StateStore store = Seed();
        File.WriteAllText(Backup, "theirs");

        Assert.Throws<StateFileExistsException>(() => store.BackUp(Backup));
        Assert.Equal("theirs", File.ReadAllText(Backup));

        store.BackUp(Backup, overwrite: true);
        using var copy = StateStore.OpenReadOnly(Backup);
        Assert.Equal("a", Assert.Single(copy.ListVms()).Name);
    }

    [Fact]
    public void BackUp_WhereNoneCanBe_IsATypedErrorAndLeavesNothing()
    {
        using StateStore store = Seed();
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "here"), _folder.Path);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "folder"));

        Assert.Throws<StateFolderMissingException>(() => store.BackUp(Path.Combine(_folder.Path, "none", "b.db")));
        Assert.Throws<StateFileExistsException>(() => store.BackUp(Path.Combine(_folder.Path, "folder"), overwrite: true));
        Assert.Throws<ArgumentException>(() => store.BackUp(_folder.Database, overwrite: true));
        Assert.Throws<ArgumentException>(() => store.BackUp(_folder.Database + "-wal", overwrite: true));
        Assert.Throws<ArgumentException>(() => store.BackUp(Path.Combine(_folder.Path, "here", "state.db"), overwrite: true));

        Assert.Empty(FilesWith("partial"));
        Vms.Create(store, "b");
        Vms.AssertSound(store);
    }

    [Fact]
    public void BackUp_Cancelled_LeavesNothing()
    {
        using StateStore store = Seed();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => store.BackUp(Backup, cancellationToken: cancelled.Token));

        Assert.Empty(FilesWith("backup"));
    }

    [Fact]
    public void BackUp_DiskFull_GivesTypedErrorAndLeavesNothing()
    {
        Fill(Seed());
        string small = Path.Combine(_folder.Path, "small");
        Directory.CreateDirectory(small);

        (int code, string output) = ChildProcess.RunPartWithMounts(
            $"mount -t tmpfs -o size=128k,mode=700 tmpfs {small}", "backup-disk-full", _folder.Database, small);

        Assert.True(code == 0, output);
    }

    [Fact]
    public void BackUp_KilledAnywhere_LeavesTheLastWholeOneAndTheNextTidiesUp()
    {
        Fill(Seed());
        for (int round = 0; round < 6; round++)
        {
            Process process = ChildProcess.StartPart("back-up-for-ever", _folder.Database, Backup);
            try
            {
                for (int line = 0; line <= round; line++)
                {
                    Assert.Equal("begins", process.StandardOutput.ReadLine());
                }
            }
            finally
            {
                ChildProcess.End(process);
            }

            if (round > 0)
            {
                using var copy = StateStore.OpenReadOnly(Backup);
                Assert.Empty(copy.CheckIntegrity());
            }
        }

        using var store = StateStore.OpenReadOnly(_folder.Database);
        store.BackUp(Backup, overwrite: true);
        Assert.Empty(FilesWith("partial"));
    }

    [Fact]
    public void BackUp_OfADamagedDatabase_IsRefusedAndKeepsTheOldOne()
    {
        Fill(Seed());
        byte[] bytes = File.ReadAllBytes(_folder.Database);
        new Random(5).NextBytes(bytes.AsSpan(64 * 4096));
        File.WriteAllBytes(_folder.Database, bytes);
        File.WriteAllText(Backup, "the last good one");
        using var store = StateStore.OpenReadOnly(_folder.Database);

        Assert.Throws<StateCorruptException>(() => store.BackUp(Backup, overwrite: true));

        Assert.Equal("the last good one", File.ReadAllText(Backup));
        Assert.Empty(FilesWith("partial"));
    }

    [Theory]
    [InlineData("UPDATE ip_allocations SET vm_id = NULL, leased_at = NULL, status = 'free' WHERE vm_id IS NOT NULL", "VM 'a' has the address")]
    [InlineData("UPDATE vms SET ip_address = '192.168.127.9'", "which is no VM with that address")]
    [InlineData("UPDATE ip_allocations SET vm_id = 'vm_gone' WHERE vm_id IS NOT NULL", "points at a row of vms that is not there")]
    [InlineData("UPDATE ip_allocations SET epoch = 0", "has no epoch")]
    [InlineData("UPDATE ip_allocations SET ip_address = '192.168.127.99x' WHERE ip_number = 3232268131", "which is another one")]
    [InlineData("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'events'", "beyond the count")]
    [InlineData("DELETE FROM schema_migrations WHERE version = 2", "steps of the schema")]
    [InlineData("PRAGMA ignore_check_constraints = 1; UPDATE ip_allocations SET status = 'free'", "is 'free' and yet leased to")]
    public void CheckIntegrity_WhatMustNotBe_IsFound(string damage, string finding)
    {
        Seed().Dispose();
        Assert.Equal(0, ChildProcess.Run("sqlite3", _folder.Database, "PRAGMA foreign_keys = OFF; " + damage).Code);
        using var store = StateStore.OpenReadOnly(_folder.Database);
        var parts = new List<string>();

        IReadOnlyList<string> found = store.CheckIntegrity(new Listener<string>(parts));

        Assert.Contains(found, f => f.Contains(finding, StringComparison.Ordinal));
        Assert.Equal(["pages", "foreign keys", "leases", "addresses", "events", "schema"], parts);
    }

    [Fact]
    public void CheckIntegrity_Cancelled_Ends()
    {
        using StateStore store = Seed();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => store.CheckIntegrity(cancellationToken: cancelled.Token));
        Assert.Empty(store.CheckIntegrity());
    }

    [Fact]
    public void Vacuum_BesideAStoreInUse_GivesBackWhatWasRemoved()
    {
        using StateStore store = Seed();
        Fill(store, dispose: false);
        store.TrimEvents(1);

        VacuumResult gained = StateStore.Vacuum(_folder.Database);

        Assert.InRange(gained.BytesGained, 100 * 4096, gained.BytesBefore);
        Assert.Equal(gained.BytesAfter, new FileInfo(_folder.Database).Length);
        Vms.Create(store, "b");
        Assert.Empty(store.CheckIntegrity());
        Assert.InRange(StateStore.Vacuum(_folder.Database).BytesGained, -4096, 4096);
    }

    [Fact]
    public void Vacuum_LockedOrMissingOrNewer_GivesATypedErrorAndChangesNothing()
    {
        Assert.Throws<StateFileMissingException>(() => StateStore.Vacuum(_folder.Database));
        Assert.Throws<StateFileMissingException>(() => StateStore.OpenReadOnly(_folder.Database));
        Assert.Empty(Directory.GetFiles(_folder.Path));
        Seed().Dispose();
        using (Process other = ChildProcess.StartLocked(_folder.Database))
        {
            Assert.Throws<StateLockedException>(() => StateStore.Vacuum(_folder.Database, new StateStoreOptions { BusyTimeout = TimeSpan.Zero }));
            other.StandardInput.Close();
            Assert.True(other.WaitForExit(s_deadline));
        }

        Assert.Equal(0, ChildProcess.Run("sqlite3", _folder.Database, "INSERT INTO schema_migrations VALUES (99, 'later', 0)").Code);
        byte[] before = File.ReadAllBytes(_folder.Database);
        Assert.Throws<StateSchemaTooNewException>(() => StateStore.Vacuum(_folder.Database));
        Assert.Throws<StateSchemaTooNewException>(() => StateStore.OpenReadOnly(_folder.Database));
        Assert.Equal(before, File.ReadAllBytes(_folder.Database));
    }

    [Fact]
    public void OpenReadOnly_EmptyFile_IsRefused()
    {
        File.WriteAllBytes(_folder.Database, []);

        Assert.Throws<StateNotADatabaseException>(() => StateStore.OpenReadOnly(_folder.Database));
        Assert.Throws<StateNotADatabaseException>(() => StateStore.Vacuum(_folder.Database));
    }

    private StateStore Seed()
    {
        var store = StateStore.Open(_folder.Database, Vms.NoRest);
        store.SeedPool(Vms.Subnet, Vms.Gateway);
        Vms.Create(store, "a");
        return store;
    }

    private static void Fill(StateStore store, bool dispose = true)
    {
        for (int i = 0; i < 200; i++)
        {
            store.AppendEvent(new EventDraft("X", DataJson: new string('x', 6000)));
        }

        if (dispose)
        {
            store.Dispose();
        }
    }

    private IEnumerable<string?> FilesWith(string part) =>
        Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Where(f => f!.Contains(part, StringComparison.Ordinal));

    private sealed class Listener<T>(List<T> heard) : IProgress<T>
    {
        public void Report(T value) => heard.Add(value);
    }
}

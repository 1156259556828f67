using System.Globalization;

namespace Viper.State.Tests;

/// <summary>The parts of tests that run in a process of their own. Exit code 0 says that all held.</summary>
internal static class ChildParts
{
    internal static int Run(string part, string[] arguments)
    {
        try
        {
            switch (part)
            {
                case "write":
                    Write(arguments[0], arguments[1], int.Parse(arguments[2], CultureInfo.InvariantCulture));
                    break;
                case "write-for-ever":
                    WriteForEver(arguments[0], arguments is [_, var pause] ? int.Parse(pause, CultureInfo.InvariantCulture) : 0);
                    break;
                case "migrate-for-ever":
                    MigrateForEver(arguments[0]);
                    break;
                case "back-up-for-ever":
                    BackUpForEver(arguments[0], arguments[1]);
                    break;
                case "backup-disk-full":
                    BackupDiskFull(arguments[0], arguments[1]);
                    break;
                case "disk-full":
                    DiskFull(arguments[0]);
                    break;
                case "open-read-only":
                    OpenReadOnly(arguments[0]);
                    break;
                case "open-without-library":
                    OpenWithoutLibrary(arguments[0]);
                    break;
                default:
                    throw new ArgumentException($"No such part: {part}.");
            }

            return 0;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            return 1;
        }
    }

    /// <summary>Creates VMs and deletes every second one.</summary>
    internal static void Write(StateStore store, string prefix, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            VmRecord vm = Vms.Create(store, $"{prefix}-{i}");
            store.UpdateVm(vm.Id, new VmChange { Status = "running" }, v => EventDraft.About("VM_RUNNING", v));
            if (i % 2 == 0)
            {
                Assert.IsType<DeleteVmResult.Deleted>(Vms.Delete(store, vm.Id));
            }
        }
    }

    private static void Write(string path, string prefix, int rounds)
    {
        using var store = StateStore.Open(path, Vms.NoRest);
        store.SeedPool(Vms.Subnet, Vms.Gateway);
        Write(store, prefix, rounds);
    }

    /// <summary>Four threads write until the process is killed; each committed event is told as a line.</summary>
    /// <remarks>
    /// Where several processes write, a pause of some milliseconds lets the others in: SQLite asks for a lock again and again, and
    /// would hardly ever meet the moment at which a process without pauses does not hold it.
    /// </remarks>
    private static void WriteForEver(string path, int pause)
    {
        using var store = StateStore.Open(path, Vms.NoRest);
        store.SeedPool(Vms.Subnet, Vms.Gateway);
        var tell = new Lock();
        int start = Environment.ProcessId * 1000;
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            for (int i = 0; ; i++)
            {
                Thread.Sleep(pause);
                if (Vms.TryCreate(store, $"k{start}-{t}-{i}") is not CreateVmResult.Created made)
                {
                    foreach (VmRecord old in store.ListVms(new VmQuery { Limit = 50 }))
                    {
                        Vms.Delete(store, old.Id);
                    }

                    continue;
                }

                lock (tell)
                {
                    Console.Out.WriteLine(made.Event.Seq);
                    Console.Out.Flush();
                }

                if (i % 3 != 0)
                {
                    Vms.Delete(store, made.Vm.Id);
                }
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
    }

    /// <summary>Brings one copy of an earlier database forward after the other, until the process is killed; each is told as a line before it.</summary>
    private static void MigrateForEver(string path)
    {
        for (int i = 0; ; i++)
        {
            string copy = $"{path}.{i}";
            File.Copy(path, copy);
            Console.Out.WriteLine(copy);
            Console.Out.Flush();
            StateStore.Open(copy).Dispose();
        }
    }

    /// <summary>Writes one backup after the other to the same file until the process is killed; each is told as a line before it.</summary>
    private static void BackUpForEver(string path, string backup)
    {
        using var store = StateStore.OpenReadOnly(path);
        while (true)
        {
            Console.Out.WriteLine("begins");
            Console.Out.Flush();
            store.BackUp(backup, overwrite: true);
        }
    }

    /// <summary>Backs a database up into a folder with too little space.</summary>
    private static void BackupDiskFull(string path, string folder)
    {
        using var store = StateStore.OpenReadOnly(path);
        string backup = Path.Combine(folder, "backup.db");
        var full = Assert.Throws<StateDiskFullException>(() => store.BackUp(backup));
        Assert.Equal(backup, full.DatabasePath);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    /// <summary>Fills a small file system, sees the typed error change nothing, makes space, and goes on.</summary>
    private static void DiskFull(string folder)
    {
        string path = Path.Combine(folder, "state.db");
        string ballast = Path.Combine(folder, "ballast");
        using var store = StateStore.Open(path, Vms.NoRest);
        store.SeedPool(Vms.Subnet, Vms.Gateway);
        File.WriteAllBytes(ballast, new byte[300 * 1024]);
        string big = $"\"{new string('x', 3000)}\"";
        int created = 0;
        StateDiskFullException? full = null;
        while (full is null)
        {
            try
            {
                Assert.IsType<CreateVmResult.Created>(
                    store.CreateVm(Vms.New($"v{created}"), _ => "02:00", v => EventDraft.About("VM_CREATED", v, big)));
                created++;
            }
            catch (StateDiskFullException e)
            {
                full = e;
            }
        }

        Assert.Equal(13, full.SqliteCode);
        Assert.Equal("create a VM", full.Operation);
        Assert.True(created > 0);
        Assert.Equal(created, store.CountVms());
        Vms.AssertSound(store);
        FillTheRest(Path.Combine(folder, "rest"));
        Assert.Throws<StateDiskFullException>(() => StateStore.Open(Path.Combine(folder, "other.db")));
        File.Delete(ballast);
        Vms.Create(store, "after");
        Vms.AssertSound(store);
    }

    private static void FillTheRest(string path)
    {
        using var rest = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                rest.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Full, as it should be.
        }
    }

    private static void OpenReadOnly(string path)
    {
        byte[] before = File.ReadAllBytes(path);
        var error = Assert.Throws<StateReadOnlyException>(() => StateStore.Open(path));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Throws<StateReadOnlyException>(() => StateStore.Open(path + ".new"));
        Assert.False(File.Exists(path + ".new"));
    }

    private static void OpenWithoutLibrary(string path)
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            var error = Assert.Throws<StateLibraryException>(() => StateStore.Open(path));
            Assert.Contains("libsqlite3-0", error.Message, StringComparison.Ordinal);
            Assert.Equal("libsqlite3.so.0", error.LibraryName);
            Assert.Equal("libsqlite3-0", error.DebianPackage);
            Assert.Null(error.FoundVersion);
            Assert.False(File.Exists(path));
        }
    }
}

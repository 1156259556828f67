using System.Diagnostics;

namespace Viper.State.Tests;

/// <summary>What the file system and other programs do to a database, for real.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly StateFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CreateVm_DiskFull_GivesTypedErrorChangesNothingAndGoesOnLater() => Succeeds(ChildProcess.RunPartWithMounts(
        $"mount -t tmpfs -o size=1m,mode=700 tmpfs {_folder.Path}", "disk-full", _folder.Path));

    [Fact]
    public void Open_ReadOnlyFileSystem_GivesTypedErrorAndChangesNothing()
    {
        StateStore.Open(_folder.Database).Dispose();

        Succeeds(ChildProcess.RunPartWithMounts(
            $"mount --bind {_folder.Path} {_folder.Path}; mount -o remount,bind,ro {_folder.Path}", "open-read-only", _folder.Database));
    }

    [Fact]
    public void Open_LibraryMissing_GivesTypedErrorThatNamesThePackage() => Succeeds(ChildProcess.RunPartWithMounts(
        "for f in /lib/*/libsqlite3.so.0 /usr/lib/*/libsqlite3.so.0; do " +
        "[ -e \"$f\" ] && ! [ \"$(readlink -f \"$f\")\" = /dev/null ] && mount --bind /dev/null \"$(readlink -f \"$f\")\"; done; true",
        "open-without-library", _folder.Database));

    [Fact]
    public void CreateVm_LockedByAnotherProcess_GivesTypedErrorAndGoesOnLater()
    {
        using var store = StateStore.Open(_folder.Database, Vms.NoRest with { BusyTimeout = TimeSpan.Zero });
        store.SeedPool(Vms.Subnet, Vms.Gateway);
        using Process other = ChildProcess.StartLocked(_folder.Database);

        var error = Assert.Throws<StateLockedException>(() => Vms.TryCreate(store, "a"));

        Assert.True(error.IsTransient);
        Assert.Equal(0, store.CountVms());
        other.StandardInput.Close();
        Assert.True(other.WaitForExit(TimeSpan.FromMinutes(1)));
        Vms.Create(store, "a");
        Vms.AssertSound(store);
    }

    [Fact]
    public void Open_DamagedFromThePageAfterTheFirst_GivesTypedErrorAndChangesNothing()
    {
        MakeLarge();
        byte[] damaged = Damage(from: 4096);

        var error = Assert.Throws<StateCorruptException>(() => StateStore.Open(_folder.Database));

        Assert.Equal(11, error.SqliteCode);
        Assert.Equal(damaged, File.ReadAllBytes(_folder.Database));
    }

    [Fact]
    public void ListVms_DamagedInTheMiddle_GivesTypedErrorAndCheckSaysWhat()
    {
        MakeLarge();
        Damage(from: 32 * 4096);
        using var store = StateStore.Open(_folder.Database);

        Assert.Throws<StateCorruptException>(() => store.ReadEvents(0, int.MaxValue));
        Assert.NotEmpty(store.CheckIntegrity());
        Assert.Throws<StateCorruptException>(() => store.ReadEvents(0, int.MaxValue));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(20_000)]
    public void Open_TruncatedFile_GivesATypedError(int length)
    {
        MakeLarge();
        using (var file = new FileStream(_folder.Database, FileMode.Open))
        {
            file.SetLength(length);
        }

        Assert.ThrowsAny<StateException>(() =>
        {
            using var store = StateStore.Open(_folder.Database);
            store.ListVms();
            store.ReadEvents(0, int.MaxValue);
        });
    }

    [Fact]
    public void Open_FileOfANewerFileFormat_GivesReadOnlyError()
    {
        StateStore.Open(_folder.Database).Dispose();
        byte[] bytes = File.ReadAllBytes(_folder.Database);

        // The write version: greater than 2 means "read only" (https://www.sqlite.org/fileformat.html#file_format_version_numbers).
        bytes[18] = 3;
        File.WriteAllBytes(_folder.Database, bytes);

        Assert.Throws<StateReadOnlyException>(() =>
        {
            using var store = StateStore.Open(_folder.Database);
            store.SeedPool(Vms.Subnet, Vms.Gateway);
        });
        Assert.Equal(bytes, File.ReadAllBytes(_folder.Database));
    }

    [Fact]
    public void Open_FolderInPlaceOfTheLog_GivesIoError()
    {
        StateStore.Open(_folder.Database).Dispose();
        Directory.CreateDirectory(_folder.Database + "-wal");

        var error = Assert.Throws<StateIoException>(() => StateStore.Open(_folder.Database));

        Assert.Equal("open the database", error.Operation);
    }

    [Fact]
    public void RequireVersion_TooOld_GivesTypedErrorThatNamesTheVersion()
    {
        var facts = new StateErrorFacts("load SQLite", "/x");

        Assert.Equal("3.36.0", Assert.Throws<StateLibraryException>(
            () => Interop.SqliteLibrary.RequireVersion(3_036_000, "3.36.0", facts)).FoundVersion);
        Interop.SqliteLibrary.RequireVersion(3_037_000, "3.37.0", facts);
    }

    private static void Succeeds((int Code, string Output) run) => Assert.True(run.Code == 0, run.Output);

    private void MakeLarge()
    {
        using var store = StateStore.Open(_folder.Database);
        store.SeedPool(Vms.Subnet, Vms.Gateway);
        for (int i = 0; i < 60; i++)
        {
            VmRecord vm = Vms.Create(store, $"v{i}");
            store.UpdateVm(vm.Id, new VmChange { Status = "running" }, v => EventDraft.About("X", v, new string('x', 6000)));
        }
    }

    private byte[] Damage(int from)
    {
        byte[] bytes = File.ReadAllBytes(_folder.Database);
        new Random(5).NextBytes(bytes.AsSpan(from));
        File.WriteAllBytes(_folder.Database, bytes);
        return bytes;
    }
}

namespace Viper.State.Tests;

/// <summary>What a power cut leaves of the write-ahead log: any prefix of it, or a damaged page.</summary>
public sealed class LogTests : IDisposable
{
    private readonly StateFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_LogCutAnywhere_GivesAPrefixOfTheCommits()
    {
        (byte[] database, byte[] log) = Record();
        long last = 0;
        for (int length = 0; length <= log.Length; length += 509)
        {
            long seq = Replay(database, log.AsSpan(0, length));
            Assert.True(seq >= last, $"A log of {length} bytes gave fewer events than a shorter one.");
            last = seq;
        }

        Assert.Equal(25, Replay(database, log));
    }

    [Fact]
    public void Open_LogWithADamagedByte_GivesAPrefixOfTheCommits()
    {
        (byte[] database, byte[] log) = Record();
        var random = new Random(11);
        for (int i = 0; i < 150; i++)
        {
            byte[] damaged = [.. log];
            damaged[random.Next(damaged.Length)] ^= (byte)random.Next(1, 256);
            Assert.InRange(Replay(database, damaged), 0, 25);
        }
    }

    /// <summary>Gives the bytes of a database in use, most of which are still in its log.</summary>
    private (byte[] Database, byte[] Log) Record()
    {
        using var store = StateStore.Open(_folder.Database);
        store.SeedPool(System.Net.IPNetwork.Parse("10.0.0.0/28"), new HashSet<System.Net.IPAddress>());
        ChildParts.Write(store, "v", 10);

        // Copied by another process: reading the file here would drop the locks that SQLite holds on it.
        string copy = Path.Combine(_folder.Path, "copy");
        Assert.Equal(0, ChildProcess.Run("cp", _folder.Database, copy).Code);
        Assert.Equal(0, ChildProcess.Run("cp", _folder.Database + "-wal", copy + "-wal").Code);
        return (File.ReadAllBytes(copy), File.ReadAllBytes(copy + "-wal"));
    }

    private long Replay(ReadOnlySpan<byte> database, ReadOnlySpan<byte> log)
    {
        string path = Path.Combine(_folder.Path, "replay.db");
        File.WriteAllBytes(path, database);
        File.WriteAllBytes(path + "-wal", log);
        using var store = StateStore.Open(path);
        Vms.AssertSound(store);
        return store.LastSeq;
    }
}

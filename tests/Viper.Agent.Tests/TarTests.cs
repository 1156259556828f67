using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Text;
using Viper.Contracts.Agent;

namespace Viper.Agent.Tests;

/// <summary>Archives made and read by the platform's own code, which knows nothing of ours.</summary>
[Collection(Alone.Name)]
public sealed class TarTests
{
    private static readonly string s_long = string.Join('/', Enumerable.Repeat(new string('n', 60), 5));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static byte[] Archive(params (string Name, byte[] Content)[] files) => Archive(TarEntryFormat.Pax, writer =>
    {
        foreach (var (name, content) in files)
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
    });

    [Theory]
    [InlineData(TarEntryFormat.V7, false)]
    [InlineData(TarEntryFormat.Ustar, false)]
    [InlineData(TarEntryFormat.Gnu, false)]
    [InlineData(TarEntryFormat.Pax, true)]
    public async Task Tar_Sent_IsUnpackedWhatMadeIt(TarEntryFormat format, bool gzip)
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var isLong = format is TarEntryFormat.Gnu or TarEntryFormat.Pax;
        var archive = Archive(format, writer =>
        {
            writer.WriteEntry(Entry(format, TarEntryType.Directory, "dir/", UnixFileMode.UserRead | UnixFileMode.UserExecute));
            writer.WriteEntry(Entry(format, format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile, "dir/file", content: "hello"));
            writer.WriteEntry(Entry(format, TarEntryType.SymbolicLink, "dir/link", link: "file"));
            writer.WriteEntry(Entry(format, TarEntryType.HardLink, "hard", link: "dir/file"));
            if (isLong)
            {
                writer.WriteEntry(Entry(format, TarEntryType.RegularFile, s_long, content: "long"));
            }
        });

        using var answer = await client.SendAsync(HttpMethod.Put, "/files.tar?path=in&parents=true", gzip ? Compress(archive) : archive);
        var written = await answer.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.TreeWritten);

        Assert.Equal((isLong ? 3 : 2, 1, 1), (written.Files, written.Directories, written.Symlinks));
        var seen = await client.ExecAsync("""cd in; cat dir/link hard; readlink dir/link; stat -c '%u %a %Y' dir/file; stat -c %a dir; [ dir/file -ef hard ] && echo same""");
        Assert.Equal("hellohellofile\n65532 640 1000000000\n500\nsame\n", seen.Stdout);
        if (isLong)
        {
            Assert.Equal("long", File.ReadAllText(Path.Combine(agent.Work, "in", s_long)));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tar_Asked_HoldsWhatIsThere(bool gzip)
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        await client.ExecAsync($"mkdir -p 'd/{s_long[..60]}' d/empty; head -c 70000 /dev/zero > d/zeros; echo deep > 'd/{s_long[..60]}/{new string('x', 90)}'; ln -s /etc/passwd d/out; mkfifo d/pipe; chmod 600 d/zeros; touch \"d/new\nline\"");

        using var answer = await client.SendAsync(HttpMethod.Get, $"/files.tar?path=d&gzip={(gzip ? "true" : "false")}");
        var entries = Read(await answer.Content.ReadAsByteArrayAsync(Cancel), gzip);

        Assert.Equal(
            ["d/", "d/empty/", "d/new\nline", $"d/{s_long[..60]}/", $"d/{s_long[..60]}/{new string('x', 90)}", "d/out", "d/zeros"],
            entries.Select(static e => e.Name).Order(StringComparer.Ordinal));
        var zeros = entries.Single(static e => e.Name == "d/zeros");
        Assert.Equal((70_000, 65532, UnixFileMode.UserRead | UnixFileMode.UserWrite), (zeros.Content.Length, zeros.User, zeros.Mode));
        Assert.Equal(("/etc/passwd", TarEntryType.SymbolicLink), (entries.Single(static e => e.Name == "d/out").Link, entries.Single(static e => e.Name == "d/out").Type));
        Assert.Equal("deep\n", Encoding.ASCII.GetString(entries.Single(static e => e.Name.Length > 140).Content));
    }

    [Fact]
    public async Task Tar_OfOneFileAndOfAll_AreNamedAsOneWouldThink()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        await client.ExecAsync("mkdir d; echo x > d/f");

        using var one = await client.SendAsync(HttpMethod.Get, "/files.tar?path=d/f");
        using var all = await client.SendAsync(HttpMethod.Get, "/files.tar");

        Assert.Equal(["f"], Read(await one.Content.ReadAsByteArrayAsync(Cancel), false).Select(static e => e.Name));
        Assert.Equal(["d/", "d/f"], Read(await all.Content.ReadAsByteArrayAsync(Cancel), false).Select(static e => e.Name).Order());
    }

    [Theory]
    [InlineData("../out")]
    [InlineData("a/../../out")]
    [InlineData("link/out")]
    [InlineData("inner/link2/out")]
    public async Task Tar_NameThatLeadsOut_IsRefused(string name)
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var outside = agent.Folder.MakeFor("outside", GuestPlaces.UserId);
        var archive = Archive(TarEntryFormat.Pax, writer =>
        {
            writer.WriteEntry(Entry(TarEntryFormat.Pax, TarEntryType.SymbolicLink, "link", link: outside));
            writer.WriteEntry(Entry(TarEntryFormat.Pax, TarEntryType.SymbolicLink, "inner/link2", link: "../link"));
            writer.WriteEntry(Entry(TarEntryFormat.Pax, TarEntryType.RegularFile, name, content: "out"));
        });

        using var answer = await client.SendAsync(HttpMethod.Put, "/files.tar", archive);

        await answer.ProblemAsync(403, "path_escapes");
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        Assert.False(File.Exists(agent.Folder.At("out")));
    }

    [Fact]
    public async Task Tar_HardLinkThatLeadsOut_IsRefused()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        foreach (var target in new[] { "../token", "link/token" })
        {
            var archive = Archive(TarEntryFormat.Pax, writer =>
            {
                writer.WriteEntry(Entry(TarEntryFormat.Pax, TarEntryType.SymbolicLink, "link", link: agent.Folder.Path));
                writer.WriteEntry(Entry(TarEntryFormat.Pax, TarEntryType.HardLink, "mine", link: target));
            });

            using var answer = await client.SendAsync(HttpMethod.Put, "/files.tar", archive);
            await answer.ProblemAsync(403, "path_escapes");
        }

        Assert.False(File.Exists(Path.Combine(agent.Work, "mine")));
    }

    [Fact]
    public async Task Tar_AbsoluteName_IsBelowTheFolder()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();

        using var answer = await client.SendAsync(HttpMethod.Put, "/files.tar", Archive(("/etc/viper-test", "x"u8.ToArray())));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(File.Exists("/etc/viper-test"));
        Assert.True(File.Exists(Path.Combine(agent.Work, "etc/viper-test")));
    }

    [Theory]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    public async Task Tar_SpecialEntry_IsRefused(TarEntryType type)
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var archive = Archive(TarEntryFormat.Pax, writer => writer.WriteEntry(Entry(TarEntryFormat.Pax, type, "x")));

        using var answer = await client.SendAsync(HttpMethod.Put, "/files.tar", archive);

        await answer.ProblemAsync(422, "special_file");
        Assert.Empty(Directory.EnumerateFileSystemEntries(agent.Work));
    }

    [Fact]
    public async Task Tar_NotOne_IsAProblem()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var good = Archive(("file", new byte[5000]));
        var broken = (byte[])good.Clone();
        broken[3] ^= 1;
        byte[][] bodies = [Encoding.ASCII.GetBytes(new string('x', 2000)), "x"u8.ToArray(), good[..3000], broken, [0x1f, 0x8b, 1, 2, 3], Compress(good)[..40], Huge()];
        foreach (var body in bodies)
        {
            using var answer = await client.SendAsync(HttpMethod.Put, "/files.tar", body);
            await answer.ProblemAsync(422, "archive_invalid");
            Assert.Empty(Directory.EnumerateFiles(agent.Work));
        }
    }

    [Fact]
    public async Task Tar_RandomBytesAndTornOnes_AreNeverMoreThanAProblem()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var random = new Random(4711);
        var good = Archive(("file", new byte[700]), (s_long, new byte[3]));
        for (var i = 0; i < 200; i++)
        {
            var body = (byte[])good.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            using var answer = await client.SendAsync(HttpMethod.Put, "/files.tar", body[..random.Next(body.Length)]);
            Assert.Contains((int)answer.StatusCode, new[] { 200, 400, 403, 404, 409, 413, 422 });
        }

        // Names that are not UTF-8 cannot be removed from here.
        await client.ExecAsync("chmod -R u+rwx .; rm -rf ./* ./.[!.]*");
    }

    [Fact]
    public async Task Tar_LargeBothWays_ComesThroughWhole()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        await client.ExecAsync("mkdir d; head -c 40000000 /dev/urandom > d/big; i=0; while [ $i -lt 500 ]; do echo $i > d/$i; i=$((i+1)); done");

        using var down = await client.SendAsync(HttpMethod.Get, "/files.tar?path=d&gzip=1");
        using var up = await client.SendAsync(HttpMethod.Put, "/files.tar?path=copy&parents=1", await down.Content.ReadAsByteArrayAsync(Cancel));

        Assert.Equal(501, (await up.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.TreeWritten)).Files);
        var same = await client.ExecAsync("diff -r d copy/d && echo same");
        Assert.Equal("same\n", same.Stdout);
    }

    private static byte[] Archive(TarEntryFormat format, Action<TarWriter> write)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, format, leaveOpen: true))
        {
            write(writer);
        }

        return archive.ToArray();
    }

    // An extended header that claims to be larger than any may be.
    private static byte[] Huge()
    {
        var archive = Archive((s_long, "x"u8.ToArray()));
        "77777777777"u8.CopyTo(archive.AsSpan(124));
        var sum = Enumerable.Range(0, 512).Sum(i => i is >= 148 and < 156 ? ' ' : archive[i]);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(archive, 148);
        return archive;
    }

    private static TarEntry Entry(TarEntryFormat format, TarEntryType type, string name, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, string? link = null, string? content = null)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(type, name),
            TarEntryFormat.Ustar => new UstarTarEntry(type, name),
            TarEntryFormat.Gnu => new GnuTarEntry(type, name),
            _ => new PaxTarEntry(type, name),
        };
        entry.Mode = mode;
        entry.ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000);
        if (link is not null)
        {
            entry.LinkName = link;
        }

        if (content is not null)
        {
            entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        }

        return entry;
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static List<(string Name, TarEntryType Type, string Link, int User, UnixFileMode Mode, byte[] Content)> Read(byte[] archive, bool gzip)
    {
        using Stream stream = gzip ? new GZipStream(new MemoryStream(archive), CompressionMode.Decompress) : new MemoryStream(archive);
        using var reader = new TarReader(stream);
        var entries = new List<(string Name, TarEntryType Type, string Link, int User, UnixFileMode Mode, byte[] Content)>();
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            using var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            entries.Add((entry.Name, entry.EntryType, entry.LinkName, entry.Uid, entry.Mode, content.ToArray()));
        }

        return entries;
    }
}

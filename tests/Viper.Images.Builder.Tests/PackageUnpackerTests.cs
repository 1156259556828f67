using System.Formats.Tar;
using Viper.Images.Builder.Packages;
using Viper.Images.Tests;

namespace Viper.Images.Builder.Tests;

public sealed class PackageUnpackerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MemoryStream _tar = new();
    private readonly TarWriter _writer;

    public PackageUnpackerTests()
    {
        _writer = new TarWriter(_tar, TarEntryFormat.Gnu, leaveOpen: true);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task ExtractAsync_OldPlaces_GoUnderUsr()
    {
        Add(TarEntryType.Directory, "./lib/");
        AddFile("./lib/x86_64-linux-gnu/libc.so.6", "c");
        AddFile("./etc/hosts", "h");
        await ExtractAsync();

        Assert.Equal("c", File.ReadAllText(_folder.At("usr/lib/x86_64-linux-gnu/libc.so.6")));
        Assert.Equal("h", File.ReadAllText(_folder.At("etc/hosts")));
        Assert.False(Directory.Exists(_folder.At("lib")));
    }

    [Fact]
    public async Task ExtractAsync_UnwantedPaths_AreNotWritten()
    {
        AddFile("./usr/share/doc/x", "d");
        AddFile("./usr/bin/x", "x");
        await ExtractAsync(path => path.StartsWith("/usr/share/doc", StringComparison.Ordinal));

        Assert.False(Directory.Exists(_folder.At("usr/share")));
        Assert.True(File.Exists(_folder.At("usr/bin/x")));
    }

    [Fact]
    public async Task ExtractAsync_SetuidProgram_LosesThatBit()
    {
        AddFile("./usr/bin/su", "s", (UnixFileMode)0b100_111_101_101);
        await ExtractAsync();

        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(_folder.At("usr/bin/su")));
    }

    [Fact]
    public async Task ExtractAsync_HardLink_IsACopy()
    {
        AddFile("./bin/a", "same");
        Add(TarEntryType.HardLink, "./bin/b", "./bin/a");
        await ExtractAsync();

        Assert.Equal("same", File.ReadAllText(_folder.At("usr/bin/b")));
    }

    [Fact]
    public async Task ExtractAsync_SymbolicLink_IsMade()
    {
        Add(TarEntryType.SymbolicLink, "./usr/bin/sh", "/nowhere");
        await ExtractAsync();

        Assert.Equal("/nowhere", new FileInfo(_folder.At("usr/bin/sh")).LinkTarget);
    }

    [Fact]
    public async Task ExtractAsync_FileThroughALink_IsRefused()
    {
        Add(TarEntryType.SymbolicLink, "./usr/out", "/tmp");
        AddFile("./usr/out/x", "x");

        await Assert.ThrowsAsync<ImageBuildException>(() => ExtractAsync());
    }

    [Fact]
    public async Task ExtractAsync_PathThatClimbs_IsRefused()
    {
        AddFile("./usr/../../x", "x");

        await Assert.ThrowsAsync<ImageBuildException>(() => ExtractAsync());
    }

    [Fact]
    public async Task ExtractAsync_Device_IsRefused()
    {
        Add(TarEntryType.Fifo, "./dev/pipe");

        await Assert.ThrowsAsync<ImageBuildException>(() => ExtractAsync());
    }

    private void AddFile(string path, string text, UnixFileMode mode = (UnixFileMode)0b110_100_100) =>
        _writer.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, path) { Mode = mode, DataStream = new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text)) });

    private void Add(TarEntryType type, string path, string? target = null)
    {
        GnuTarEntry entry = new(type, path);
        if (target is not null)
        {
            entry.LinkName = target;
        }

        _writer.WriteEntry(entry);
    }

    private async Task ExtractAsync(Func<string, bool>? leaveOut = null)
    {
        _writer.Dispose();
        _tar.Position = 0;
        await new PackageUnpacker(_folder.Path, leaveOut ?? (_ => false)).ExtractAsync(_tar, TestContext.Current.CancellationToken);
    }
}

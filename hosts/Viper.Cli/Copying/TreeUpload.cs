using System.Formats.Tar;
using System.Net;

namespace Viper.Cli.Copying;

/// <summary>A file or folder of this machine as a tar archive, packed as it is sent. Links are packed as such.</summary>
internal sealed class TreeUpload(string path, string name, TextWriter warnings) : HttpContent
{
    /// <summary>How many files were packed.</summary>
    internal int Files { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using TarWriter writer = new(stream, TarEntryFormat.Pax, leaveOpen: true);
        await AddAsync(writer, Of(path), name, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private async Task AddAsync(TarWriter writer, FileSystemInfo item, string target, CancellationToken cancellationToken)
    {
        if (item.LinkTarget is { } link)
        {
            await writer.WriteEntryAsync(Entry(TarEntryType.SymbolicLink, target, item, link), cancellationToken);
        }
        else if (item is DirectoryInfo folder)
        {
            await writer.WriteEntryAsync(Entry(TarEntryType.Directory, target + "/", item), cancellationToken);
            foreach (FileSystemInfo inner in folder.EnumerateFileSystemInfos())
            {
                await AddAsync(writer, inner, $"{target}/{inner.Name}", cancellationToken);
            }
        }
        else if (Interop.Libc.IsSpecialFile(item.FullName))
        {
            warnings.WriteLine($"viper: {item.FullName} is a device, a pipe or a socket, and is left out.");
        }
        else
        {
            await using FileStream content = File.OpenRead(item.FullName);
            PaxTarEntry entry = Entry(TarEntryType.RegularFile, target, item);
            entry.DataStream = content;
            await writer.WriteEntryAsync(entry, cancellationToken);
            Files++;
        }
    }

    private static FileSystemInfo Of(string path) => Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);

    private static PaxTarEntry Entry(TarEntryType type, string target, FileSystemInfo item, string? link = null)
    {
        PaxTarEntry entry = new(type, target) { Mode = link is null ? item.UnixFileMode : (UnixFileMode)0x1ff, ModificationTime = item.LastWriteTimeUtc };
        if (link is not null)
        {
            entry.LinkName = link;
        }

        return entry;
    }
}

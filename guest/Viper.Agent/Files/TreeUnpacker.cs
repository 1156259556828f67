using System.IO.Compression;
using System.Text;
using Viper.Agent.Actions;
using Viper.Agent.Interop;
using Viper.Contracts.Agent;

namespace Viper.Agent.Files;

/// <summary>
/// Unpacks a tar archive, or one that gzip has compressed, below a folder. Each name is resolved by the kernel beneath the folder of
/// files, so a link in the archive that leads out of it is made, and nothing is written through it.
/// </summary>
internal sealed class TreeUnpacker(FileRoot root)
{
    /// <summary>How many entries an archive may have.</summary>
    internal const int MaxEntries = 200_000;

    /// <summary>How many bytes its files may have together, in bytes.</summary>
    internal const long MaxBytes = 16L * 1024 * 1024 * 1024;

    private const int PieceSize = 64 * 1024;

    /// <exception cref="ActionException">It cannot be unpacked; what came before is there.</exception>
    internal async Task<TreeWritten> UnpackAsync(Stream body, GuestPath folder, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = new PrefixedStream(body);
            if (await stream.PeekAsync(2, cancellationToken) is not [0x1f, 0x8b])
            {
                return await UnpackTarAsync(stream, folder, cancellationToken);
            }

            using var plain = new GZipStream(stream, CompressionMode.Decompress);
            return await UnpackTarAsync(plain, folder, cancellationToken);
        }
        catch (InvalidDataException error)
        {
            throw new ActionException(422, "archive_invalid", $"The body is not what gzip has compressed: {error.Message}", error);
        }
    }

    private async Task<TreeWritten> UnpackTarAsync(Stream stream, GuestPath folder, CancellationToken cancellationToken)
    {
        var reader = new TarReader(stream);
        var mover = new FileMover(root);
        var folders = new List<(GuestPath Path, uint Mode)>();
        var (files, links, entries, bytes) = (0, 0, 0, 0L);
        while (await reader.NextAsync(cancellationToken) is { } entry)
        {
            if (++entries > MaxEntries || (bytes += entry.Size) > MaxBytes)
            {
                throw new ActionException(413, "payload_too_large", $"The archive has more than {MaxEntries} entries, or more than {MaxBytes} bytes in them.");
            }

            var path = PathOf(folder, entry.Name);
            if (entry.IsFolder)
            {
                // Its own permissions come last: what is in it must still be written.
                root.MakeFolder(path, parents: true);
                folders.Add((path, entry.Mode));
                continue;
            }

            root.MakeFolder(path.Parent, parents: true);
            switch (entry.Type)
            {
                case TarFormat.File:
                    await WriteAsync(reader, path, entry, cancellationToken);
                    files++;
                    break;
                case TarFormat.HardLink when PathOf(folder, entry.Link) is var source && !source.Bytes.SequenceEqual(path.Bytes):
                    mover.Link(source, path);
                    files++;
                    break;
                case TarFormat.Symlink when entry.Link.Length > 0 && !path.IsRoot:
                    mover.LinkTo(entry.Link, path);
                    links++;
                    break;
                default:
                    throw new ActionException(
                        422, "special_file", $"'{path}' is an entry of type '{(char)entry.Type}'; files, folders and links alone are unpacked.");
            }
        }

        foreach (var (path, mode) in folders)
        {
            SetMode(path, mode);
        }

        return new TreeWritten { Files = files, Directories = folders.Count, Symlinks = links, Bytes = bytes };
    }

    private async Task WriteAsync(TarReader reader, GuestPath path, TarEntry entry, CancellationToken cancellationToken)
    {
        using var writer = FileWriter.Begin(root, path, parents: false);
        var buffer = new byte[(int)Math.Min(PieceSize, Math.Max(1, entry.Size))];
        int count;
        while ((count = await reader.ReadAsync(buffer, cancellationToken)) > 0)
        {
            writer.Write(buffer.AsSpan(0, count));
        }

        writer.Finish(entry.Mode, entry.ModifiedAt);
    }

    private void SetMode(GuestPath path, uint mode)
    {
        if (path.IsRoot)
        {
            return;
        }

        using var folder = root.Open(path, Libc.O_RDONLY | Libc.O_DIRECTORY, "unpack");
        using var identity = FileIdentity.Take(root.User);

        // A folder that was there already may be somebody else's.
        _ = Libc.fchmod(folder.Number, mode);
    }

    private static GuestPath PathOf(GuestPath folder, byte[] name)
    {
        try
        {
            var inner = GuestPath.Check("path", name);
            return GuestPath.Check("path", folder.Join(inner.Bytes).Bytes);
        }
        catch (FieldException error)
        {
            throw new ActionException(403, "path_escapes", $"The archive's entry '{Encoding.UTF8.GetString(name)}' is not unpacked: {error.Message}", error);
        }
    }
}

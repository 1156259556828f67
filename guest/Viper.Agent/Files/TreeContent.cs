using System.IO.Compression;
using Viper.Agent.Interop;
using Viper.Agent.Server;
using Viper.Contracts.Agent;

namespace Viper.Agent.Files;

/// <summary>
/// A file or folder as a tar archive, packed as it is sent. Links are packed as such; devices, FIFOs and sockets are left out. What
/// cannot be read, or changes its length meanwhile for the worse, breaks the archive off.
/// </summary>
internal sealed class TreeContent : ResponseContent
{
    private const int MaxDepth = 256;
    private const int MaxEntries = 1_000_000;
    private const int PieceSize = 64 * 1024;

    private readonly FileRoot _root;
    private readonly GuestPath _path;
    private readonly FileDescriptor _folder;
    private readonly bool _compresses;
    private readonly byte[] _buffer = new byte[PieceSize];
    private int _entries;

    /// <summary>Looks at the path, so that one that is not there is a problem and not half an archive.</summary>
    internal TreeContent(FileRoot root, GuestPath path, bool compresses)
    {
        (_root, _path, _compresses) = (root, path, compresses);
        using var found = root.Find(path, "pack");
        if (FileStatus.Of(found, path).Type == GuestFileType.Special)
        {
            throw FileRoot.Special(path);
        }

        _folder = root.OpenFolder(path.Parent, "pack");
    }

    internal override async Task WriteAsync(ResponseBody body, CancellationToken gone)
    {
        await using var sent = new BufferedStream(new ResponseStream(body), PieceSize);
        if (!_compresses)
        {
            await PackAsync(new TarWriter(sent), gone);
            await sent.FlushAsync(gone);
            return;
        }

        await using (var packed = new GZipStream(sent, CompressionLevel.Fastest, leaveOpen: true))
        {
            await PackAsync(new TarWriter(packed), gone);
        }

        await sent.FlushAsync(gone);
    }

    public override void Dispose() => _folder.Dispose();

    private async Task PackAsync(TarWriter writer, CancellationToken gone)
    {
        if (_path.IsRoot)
        {
            using var inner = _root.Open(_path, Libc.O_RDONLY | Libc.O_DIRECTORY, "pack");
            await PackFolderAsync(writer, inner, _path, [], MaxDepth, gone);
        }
        else
        {
            await PackAsync(writer, _folder, _path, _path.Name.ToArray(), MaxDepth, gone);
        }

        await writer.EndAsync(gone);
    }

    private async Task PackAsync(TarWriter writer, FileDescriptor folder, GuestPath path, byte[] name, int depth, CancellationToken gone)
    {
        // What went away meanwhile is not there.
        if (FileStatus.In(folder, path.Name) is not { } status)
        {
            return;
        }

        if (++_entries > MaxEntries || depth == 0)
        {
            throw new IOException($"'{path}' is one of more than {MaxEntries} entries, or more than {MaxDepth} folders deep.");
        }

        var user = _root.User ?? 0;
        if (status.IsFolder)
        {
            using var inner = _root.OpenFolderIn(folder, path, "pack");
            await writer.BeginAsync(TarFormat.Folder, [.. name, (byte)'/'], 0, status, user, [], gone);
            await PackFolderAsync(writer, inner, path, [.. name, (byte)'/'], depth - 1, gone);
        }
        else if (status.IsLink)
        {
            await writer.BeginAsync(TarFormat.Symlink, name, 0, status, user, LinkTarget.Read(folder, path), gone);
        }
        else if (status.IsRegular)
        {
            using var file = _root.OpenRegularIn(folder, path, out status);
            await writer.BeginAsync(TarFormat.File, name, status.Size, status, user, [], gone);
            await CopyAsync(writer, file, path, status.Size, gone);
        }
    }

    private async Task PackFolderAsync(TarWriter writer, FileDescriptor folder, GuestPath path, byte[] prefix, int depth, CancellationToken gone)
    {
        var reader = new FolderReader(folder);
        while (reader.Next(path) is { } name)
        {
            await PackAsync(writer, folder, path.Join(name), [.. prefix, .. name], depth, gone);
        }
    }

    private async Task CopyAsync(TarWriter writer, FileDescriptor file, GuestPath path, long size, CancellationToken gone)
    {
        for (var left = size; left > 0;)
        {
            var count = file.Read(_buffer.AsSpan(0, (int)Math.Min(left, PieceSize)));
            if (count <= 0)
            {
                throw new IOException($"'{path}' has become shorter while it was read.");
            }

            await writer.WriteAsync(_buffer.AsMemory(0, count), gone);
            left -= count;
        }

        await writer.PadAsync(size, gone);
    }
}

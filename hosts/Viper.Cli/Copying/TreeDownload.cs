using System.Formats.Tar;

namespace Viper.Cli.Copying;

/// <summary>
/// Unpacks what a VM has packed. The guest is not to be trusted: what is written lies below the target, no link below it is written
/// through, nothing but files, folders and links is made, and links are made when all else is done.
/// </summary>
internal sealed class TreeDownload(string target)
{
    // What a file or folder may be for its owner and others; no set-user-id bits.
    private const UnixFileMode Permissions = (UnixFileMode)0x1ff;

    private readonly string _target = Path.GetFullPath(target);

    /// <summary>How many files were written.</summary>
    internal int Files { get; private set; }

    /// <summary>Unpacks an archive whose entries all lie below one name, which becomes the target.</summary>
    /// <exception cref="IOException">It holds what is not to be unpacked, breaks off, or cannot be written.</exception>
    internal async Task UnpackAsync(Stream archive, CancellationToken cancellationToken)
    {
        List<(string Name, string Target)> links = [];
        List<(string Path, UnixFileMode Mode)> folders = [];
        await using TarReader reader = new(archive, leaveOpen: true);
        while (await NextAsync(reader, cancellationToken) is { } entry)
        {
            string path = PathOf(entry.Name);
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    RefuseLink(path, entry.Name);
                    Directory.CreateDirectory(path);
                    folders.Add((path, entry.Mode & Permissions));
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                    await WriteAsync(entry, path, cancellationToken);
                    break;
                case TarEntryType.SymbolicLink:
                    links.Add((entry.Name, entry.LinkName));
                    break;
                default:
                    throw new IOException($"The VM sent '{entry.Name}' as {entry.EntryType}; files, folders and links alone are copied.");
            }
        }

        foreach ((string name, string link) in links)
        {
            // Looked at anew: a link that was made just now may have become a part of the way.
            string path = PathOf(name);
            File.Delete(path);
            File.CreateSymbolicLink(path, link);
        }

        // Last, and the innermost first: a folder that may not be written was still to be filled.
        foreach ((string path, UnixFileMode mode) in folders.AsEnumerable().Reverse())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static async Task<TarEntry?> NextAsync(TarReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.GetNextEntryAsync(copyData: false, cancellationToken);
        }
        catch (Exception error) when (error is InvalidDataException or FormatException or EndOfStreamException or HttpRequestException or ArgumentException)
        {
            throw new IOException($"What the VM sent is no archive, or broke off: {error.Message}", error);
        }
    }

    private async Task WriteAsync(TarEntry entry, string path, CancellationToken cancellationToken)
    {
        // In its place, not through a link that has its name.
        File.Delete(path);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = entry.Mode & Permissions };
        await using (FileStream file = new(path, options))
        {
            if (entry.DataStream is { } data)
            {
                await data.CopyToAsync(file, cancellationToken);
            }
        }

        File.SetUnixFileMode(path, entry.Mode & Permissions);
        File.SetLastWriteTimeUtc(path, entry.ModificationTime.UtcDateTime);
        Files++;
    }

    private string PathOf(string name)
    {
        string[] parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || name[0] == '/' || parts.Any(static part => part is "." or ".." || part.Contains('\0')))
        {
            throw new IOException($"The VM sent '{name}', which is no name to copy.");
        }

        string path = _target;
        foreach (string part in parts.Skip(1))
        {
            RefuseLink(path, name);
            path = Path.Combine(path, part);
        }

        return path;
    }

    private static void RefuseLink(string path, string name)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new IOException($"'{name}' is not copied: {path} is a symbolic link, which nothing is written through.");
        }
    }
}

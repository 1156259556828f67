using System.Text;
using System.Text.Unicode;
using Viper.Agent.Interop;
using Viper.Contracts.Agent;

namespace Viper.Agent.Files;

/// <summary>Tells what is in the folder of files.</summary>
internal sealed class FileList(FileRoot root)
{
    private const int MaxEntries = 10_000;
    private const int MaxDepth = 64;

    /// <summary>Describes a path and, of a folder, what is in it; a link as such.</summary>
    internal GuestFileList Read(GuestPath path, bool recursive)
    {
        using var found = root.Find(path, "list");
        var status = FileStatus.Of(found, path);
        var entry = Describe(path, status, found);
        if (!status.IsFolder)
        {
            return new GuestFileList { Root = root.Path, Entry = entry };
        }

        var entries = new List<GuestFile>();
        using var folder = root.Open(path, Libc.O_RDONLY | Libc.O_DIRECTORY, "list");
        var isWhole = Add(entries, folder, path, recursive ? MaxDepth : 1);
        return new GuestFileList { Root = root.Path, Entry = entry, Entries = entries, Truncated = !isWhole };
    }

    /// <summary>Describes a path alone, a link as such.</summary>
    internal GuestFile Describe(GuestPath path)
    {
        using var found = root.Find(path, "look at");
        return Describe(path, FileStatus.Of(found, path), found);
    }

    // False when there is more than is told.
    private bool Add(List<GuestFile> entries, FileDescriptor folder, GuestPath path, int depth)
    {
        var reader = new FolderReader(folder);
        while (reader.Next(path) is { } name)
        {
            if (entries.Count == MaxEntries)
            {
                return false;
            }

            // What went away meanwhile is not there.
            if (FileStatus.In(folder, name) is not { } status)
            {
                continue;
            }

            var child = path.Join(name);
            entries.Add(Describe(child, status, status.IsLink ? folder : null));
            if (status.IsFolder && depth > 1 && TryEnter(folder, child) is { } inner)
            {
                using (inner)
                {
                    if (!Add(entries, inner, child, depth - 1))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    private FileDescriptor? TryEnter(FileDescriptor folder, GuestPath path)
    {
        try
        {
            return root.OpenFolderIn(folder, path, "list");
        }
        catch (Actions.ActionException)
        {
            // A mount, a folder that may not be read, or one that has gone: told, and not entered.
            return null;
        }
    }

    private static GuestFile Describe(GuestPath path, FileStatus status, FileDescriptor? holder) => new()
    {
        Path = path.ToString(),
        PathBase64 = Utf8.IsValid(path.Bytes) ? null : Convert.ToBase64String(path.Bytes),
        Type = status.Type,
        Size = status.IsRegular ? status.Size : 0,
        Mode = FileStatus.Octal(status.Permissions),
        ModifiedAt = status.ModifiedAt,
        Target = status.IsLink && holder is not null ? Encoding.UTF8.GetString(LinkTarget.Read(holder, path)) : null,
    };
}

using System.Runtime.InteropServices;
using Viper.Agent.Actions;
using Viper.Agent.Interop;

namespace Viper.Agent.Files;

/// <summary>Removes files and folders. Links are removed, never followed, and mounts are not entered.</summary>
internal sealed class FileRemover(FileRoot root)
{
    private const int MaxDepth = 256;

    /// <exception cref="ActionException">It is not there, or cannot be removed.</exception>
    internal void Remove(GuestPath path, bool recursive)
    {
        if (path.IsRoot)
        {
            throw new ActionException(409, "file_busy", "The folder of files itself is not removed.");
        }

        using var folder = root.OpenFolder(path.Parent, "remove");
        Remove(folder, path, recursive, MaxDepth);
    }

    private void Remove(FileDescriptor folder, GuestPath path, bool recursive, int depth)
    {
        if (Unlink(folder, path, 0) is not { } errno)
        {
            return;
        }

        // Of a folder, unlink says EISDIR; where the folder above may not be changed, EPERM or EACCES is the answer.
        if (errno != Libc.EISDIR)
        {
            throw FileFault.Of(errno, "remove", path.ToString());
        }

        if (recursive)
        {
            Empty(folder, path, depth);
        }

        if (Unlink(folder, path, Libc.AT_REMOVEDIR) is { } kept)
        {
            throw FileFault.Of(kept, "remove", path.ToString());
        }
    }

    private void Empty(FileDescriptor folder, GuestPath path, int depth)
    {
        if (depth == 0)
        {
            throw new ActionException(422, "too_deep", $"'{path}' is more than {MaxDepth} folders deep; remove what is in it first.");
        }

        using var inner = root.OpenFolderIn(folder, path, "remove");
        var reader = new FolderReader(inner);
        while (reader.Next(path) is { } name)
        {
            Remove(inner, path.Join(name), recursive: true, depth - 1);
        }
    }

    private unsafe int? Unlink(FileDescriptor folder, GuestPath path, int flags)
    {
        using var identity = FileIdentity.Take(root.User);
        fixed (byte* name = FileRoot.NameOf(path).ToNative())
        {
            return Libc.unlinkat(folder.Number, name, flags) == 0 ? null : Marshal.GetLastPInvokeError();
        }
    }
}

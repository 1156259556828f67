using Viper.Agent.Actions;
using Viper.Agent.Interop;

namespace Viper.Agent.Files;

/// <summary>Gives files other names, and links to them.</summary>
internal sealed class FileMover(FileRoot root)
{
    /// <exception cref="ActionException">It is not there, or cannot be moved there.</exception>
    internal unsafe void Move(GuestPath from, GuestPath to, bool overwrite)
    {
        if (from.IsRoot || to.IsRoot)
        {
            throw new ActionException(409, "file_busy", "The folder of files itself is not moved.");
        }

        using var source = root.OpenFolder(from.Parent, "move");
        using var target = root.OpenFolder(to.Parent, "move to");
        using var identity = FileIdentity.Take(root.User);
        fixed (byte* oldName = FileRoot.NameOf(from).ToNative(), newName = FileRoot.NameOf(to).ToNative())
        {
            if (Libc.renameat2(source.Number, oldName, target.Number, newName, overwrite ? 0 : Libc.RENAME_NOREPLACE) != 0)
            {
                throw FileFault.Last("move", $"{from}' to '{to}");
            }
        }
    }

    /// <summary>Makes a symbolic link, in the place of a file or link that may be there.</summary>
    internal unsafe void LinkTo(ReadOnlySpan<byte> target, GuestPath path)
    {
        using var folder = root.OpenFolder(path.Parent, "link");
        using var identity = FileIdentity.Take(root.User);
        fixed (byte* name = FileRoot.NameOf(path).ToNative(), text = (byte[])[.. target, 0])
        {
            _ = Libc.unlinkat(folder.Number, name, 0);
            if (Libc.symlinkat(text, folder.Number, name) != 0)
            {
                throw FileFault.Last("link", path.ToString());
            }
        }
    }

    /// <summary>Gives a file a second name, in the place of a file or link that may have it.</summary>
    internal unsafe void Link(GuestPath from, GuestPath path)
    {
        using var source = root.OpenFolder(from.Parent, "link");
        using var folder = root.OpenFolder(path.Parent, "link");
        using var identity = FileIdentity.Take(root.User);
        fixed (byte* oldName = FileRoot.NameOf(from).ToNative(), name = FileRoot.NameOf(path).ToNative())
        {
            // Without AT_SYMLINK_FOLLOW the name itself is linked, be it a symbolic link.
            _ = Libc.unlinkat(folder.Number, name, 0);
            if (Libc.linkat(source.Number, oldName, folder.Number, name, 0) != 0)
            {
                throw FileFault.Last("link", path.ToString());
            }
        }
    }
}

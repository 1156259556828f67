using System.Globalization;
using Viper.Agent.Actions;
using Viper.Agent.Interop;

namespace Viper.Agent.Files;

/// <summary>
/// Writes a file to a temporary one beside it, which takes its name once it is whole. Disposed before that, it leaves nothing.
/// </summary>
internal sealed class FileWriter : IDisposable
{
    private const string Prefix = ".viper-";

    private readonly FileRoot _root;
    private readonly GuestPath _path;
    private readonly FileDescriptor _folder;
    private readonly FileDescriptor _file;
    private readonly byte[] _temporary;
    private bool _isDone;

    private FileWriter(FileRoot root, GuestPath path, FileDescriptor folder)
    {
        _root = root;
        _path = path;
        _folder = folder;
        _temporary = System.Text.Encoding.ASCII.GetBytes(Prefix + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        _file = root.Create(folder, _temporary, path);
    }

    /// <summary>Gets how many bytes have been written.</summary>
    internal long Length { get; private set; }

    /// <summary>Begins to write a file; its folder must be there, or is made.</summary>
    /// <exception cref="ActionException">It cannot be written.</exception>
    internal static FileWriter Begin(FileRoot root, GuestPath path, bool parents)
    {
        if (path.IsRoot)
        {
            throw FileFault.Of(Libc.EISDIR, "write", "/");
        }

        if (parents)
        {
            root.MakeFolder(path.Parent, parents: true);
        }

        var folder = root.OpenFolder(path.Parent, "write");
        try
        {
            if (FileStatus.In(folder, path.Name) is { IsFolder: true })
            {
                throw FileFault.Of(Libc.EISDIR, "write", path.ToString());
            }

            return new FileWriter(root, path, folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <exception cref="ActionException">The disk is full, or the file too large for it.</exception>
    internal void Write(ReadOnlySpan<byte> data)
    {
        try
        {
            _file.WriteAll(data);
            Length += data.Length;
        }
        catch (SystemCallException error)
        {
            throw FileFault.Of(error.Errno, "write", _path.ToString());
        }
    }

    /// <summary>Gives the file its permissions and its name.</summary>
    /// <param name="mode">The permissions.</param>
    /// <param name="modifiedAt">When its content was last changed, in seconds since 1970; null for now.</param>
    internal unsafe void Finish(uint mode, long? modifiedAt = null)
    {
        using var identity = FileIdentity.Take(_root.User);
        if (Libc.fchmod(_file.Number, mode) != 0)
        {
            throw FileFault.Last("write", _path.ToString());
        }

        if (modifiedAt is { } seconds)
        {
            var times = stackalloc Libc.TimeSpec[2];
            times[0] = times[1] = new Libc.TimeSpec { tv_sec = (nint)seconds };
            byte nothing = 0;
            _ = Libc.utimensat(_file.Number, &nothing, times, Libc.AT_EMPTY_PATH);
        }

        fixed (byte* from = (byte[])[.. _temporary, 0], to = FileRoot.NameOf(_path).ToNative())
        {
            if (Libc.renameat2(_folder.Number, from, _folder.Number, to, 0) != 0)
            {
                throw FileFault.Last("write", _path.ToString());
            }
        }

        _isDone = true;
    }

    public unsafe void Dispose()
    {
        _file.Dispose();
        if (!_isDone)
        {
            using var identity = FileIdentity.Take(_root.User);
            fixed (byte* name = (byte[])[.. _temporary, 0])
            {
                _ = Libc.unlinkat(_folder.Number, name, 0);
            }
        }

        _folder.Dispose();
    }
}

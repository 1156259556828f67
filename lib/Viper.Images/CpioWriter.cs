using System.Buffers;
using System.Text;

namespace Viper.Images;

/// <summary>Writes a cpio archive in the "newc" format, the one that Linux unpacks as an initramfs.</summary>
/// <remarks>
/// <para>Deterministic: inode numbers count up, owners are root unless said otherwise, every entry has the one time given.
/// Source: Documentation/driver-api/early-userspace/buffer-format.rst.</para>
/// <para>Not thread-safe. The stream stays the caller's. <see cref="Finish"/> must be called; the archive then ends on a
/// multiple of 512 bytes, so another archive can follow it.</para>
/// </remarks>
public sealed class CpioWriter
{
    private const int Alignment = 4;
    private const int BlockSize = 512;
    private const int RegularFile = 0x8000;
    private const int Directory = 0x4000;
    private const int SymbolicLink = 0xa000;
    private static readonly byte[] s_zeros = new byte[BlockSize];
    private readonly Stream _output;
    private readonly uint _time;
    private uint _inode;
    private long _position;
    private bool _finished;

    /// <summary>Begins an archive.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="modificationTime">The time of every entry, in seconds since 1970.</param>
    public CpioWriter(Stream output, uint modificationTime = 0)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        _time = modificationTime;
    }

    /// <summary>Adds a folder. The kernel does not make missing parents, so parents come first.</summary>
    /// <param name="path">The path from the archive's root, without a leading slash.</param>
    /// <param name="mode">The permission bits.</param>
    public void AddDirectory(string path, int mode = 0b111_101_101) => WriteEntry(path, Directory, mode, []);

    /// <summary>Adds a regular file.</summary>
    /// <param name="path">The path from the archive's root, without a leading slash.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="mode">The permission bits.</param>
    public void AddFile(string path, ReadOnlySpan<byte> content, int mode = 0b110_100_100) => WriteEntry(path, RegularFile, mode, content);

    /// <summary>Adds a regular file from a stream, which must hold exactly the length announced.</summary>
    /// <param name="path">The path from the archive's root, without a leading slash.</param>
    /// <param name="content">Its bytes; read to their end, and left open.</param>
    /// <param name="length">How many bytes there are.</param>
    /// <param name="mode">The permission bits.</param>
    /// <exception cref="InvalidDataException">The stream holds more or fewer bytes.</exception>
    public void AddFile(string path, Stream content, long length, int mode = 0b110_100_100)
    {
        ArgumentNullException.ThrowIfNull(content);
        WriteHeader(path, RegularFile, mode, length);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
        try
        {
            long copied = 0;
            int read;
            while ((read = content.Read(buffer)) > 0)
            {
                copied += read;
                if (copied > length)
                {
                    break;
                }

                Write(buffer.AsSpan(0, read));
            }

            if (copied != length)
            {
                throw new InvalidDataException($"The file {path} was announced with {length} bytes and has {(copied > length ? "more" : copied)}.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Align(Alignment);
    }

    /// <summary>Adds a symbolic link.</summary>
    /// <param name="path">The path from the archive's root, without a leading slash.</param>
    /// <param name="target">What it points to.</param>
    public void AddSymbolicLink(string path, string target)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        WriteEntry(path, SymbolicLink, 0b111_111_111, Encoding.UTF8.GetBytes(target));
    }

    /// <summary>Ends the archive. Nothing can be added after it.</summary>
    public void Finish()
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        WriteRecord("TRAILER!!!", inode: 0, mode: 0, links: 1, time: 0, length: 0);
        Align(BlockSize);
        _finished = true;
    }

    private void WriteEntry(string path, int type, int mode, ReadOnlySpan<byte> content)
    {
        WriteHeader(path, type, mode, content.Length);
        Write(content);
        Align(Alignment);
    }

    private void WriteHeader(string path, int type, int mode, long length)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path[0] == '/' || path[^1] == '/' || path.Contains('\0') || path == "TRAILER!!!" || path.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw new ArgumentException($"'{path}' is not a path from the archive's root.", nameof(path));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, uint.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNotEqual(mode & ~0xfff, 0, nameof(mode));
        WriteRecord(path, ++_inode, type | mode, type == Directory ? 2u : 1u, _time, (uint)length);
    }

    // "070701" ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check, 8 hex digits each
    private void WriteRecord(string name, uint inode, int mode, uint links, uint time, uint length)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        string header = $"070701{inode:X8}{mode:X8}{0:X8}{0:X8}{links:X8}{time:X8}{length:X8}{0:X8}{0:X8}{0:X8}{0:X8}{bytes.Length + 1:X8}{0:X8}";
        Write(Encoding.ASCII.GetBytes(header));
        Write(bytes);
        Write(s_zeros.AsSpan(0, 1));
        Align(Alignment);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        _position += bytes.Length;
    }

    private void Align(int boundary)
    {
        int rest = (int)(_position % boundary);
        if (rest != 0)
        {
            Write(s_zeros.AsSpan(0, boundary - rest));
        }
    }
}

using System.Buffers.Binary;
using Viper.Agent.Interop;

namespace Viper.Agent.Files;

/// <summary>Reads the names in a folder (getdents64(2)), as bytes; the two that stand for folders are left out.</summary>
internal sealed class FolderReader
{
    private const int BufferSize = 32 * 1024;

    // struct linux_dirent64 { u64 d_ino; s64 d_off; u16 d_reclen; u8 d_type; char d_name[]; };
    private const int LengthAt = 16;
    private const int NameAt = 19;

    private readonly FileDescriptor _folder;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _at;
    private int _end;

    /// <summary>Begins at the folder's first name; the folder stays its owner's.</summary>
    internal FolderReader(FileDescriptor folder) => _folder = folder;

    /// <summary>Reads the next name; null at the end.</summary>
    internal byte[]? Next(GuestPath path)
    {
        while (true)
        {
            if (_at == _end && !Fill(path))
            {
                return null;
            }

            var entry = _buffer.AsSpan(_at, _end - _at);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(entry[LengthAt..]);
            _at += length;
            var name = entry[NameAt..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                return name.ToArray();
            }
        }
    }

    private unsafe bool Fill(GuestPath path)
    {
        fixed (byte* pointer = _buffer)
        {
            var count = Libc.getdents64(_folder.Number, pointer, BufferSize);
            (_at, _end) = count >= 0 ? (0, (int)count) : throw FileFault.Last("list", path.ToString());
            return count > 0;
        }
    }
}

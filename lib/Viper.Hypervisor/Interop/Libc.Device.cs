using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Viper.Hypervisor.Interop;

/// <summary>Which device a file is on: statx(2).</summary>
internal static partial class Libc
{
    // linux/stat.h: the structure has 256 bytes.
    private const int StatxSize = 256;
    private const int StatxMode = 28;
    private const int StatxNodeMajor = 128;
    private const int StatxFileSystemMajor = 136;
    private const uint STATX_TYPE = 1;
    private const int S_IFMT = 0xF000;
    private const int S_IFBLK = 0x6000;
    private const int AT_FDCWD = -100;

    /// <summary>The device of the file system, or the device itself where the path is that of one.</summary>
    internal static unsafe bool TryGetDevice(string path, out uint major, out uint minor)
    {
        major = minor = 0;
        Span<byte> found = stackalloc byte[StatxSize];
        found.Clear();
        fixed (byte* start = found)
        {
            // SAFETY: the buffer has the size of struct statx.
            if (statx(AT_FDCWD, path, 0, STATX_TYPE, start) != 0)
            {
                return false;
            }
        }

        int type = BinaryPrimitives.ReadUInt16LittleEndian(found[StatxMode..]) & S_IFMT;
        Span<byte> device = found[(type == S_IFBLK ? StatxNodeMajor : StatxFileSystemMajor)..];
        major = MemoryMarshal.Read<uint>(device);
        minor = MemoryMarshal.Read<uint>(device[sizeof(uint)..]);
        return true;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int statx(int directory, string path, int flags, uint mask, byte* found);
}

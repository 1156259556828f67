using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Qemu;

/// <summary>Files that hold a guest's memory: large, and mostly holes.</summary>
internal static class MemoryFile
{
    private const int BlockSize = 1024 * 1024;

    /// <summary>Makes a file of a size that is all hole, for this user alone.</summary>
    /// <exception cref="MachineSpecException">It exists, or cannot be made.</exception>
    public static void Make(string path, long size)
    {
        try
        {
            using SafeFileHandle file = Create(path);
            RandomAccess.SetLength(file, size);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MachineSpecException(nameof(MachineSpec.MemoryFilePath), $"The memory file '{path}' could not be made: {e.Message}", e);
        }
    }

    /// <summary>Copies the parts that hold something; the copy is for this user alone and is removed if it cannot be completed.</summary>
    public static void Copy(string from, string to, CancellationToken cancellationToken)
    {
        using SafeFileHandle source = File.OpenHandle(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using SafeFileHandle target = Create(to);
        try
        {
            long size = RandomAccess.GetLength(source);
            RandomAccess.SetLength(target, size);
            byte[] block = new byte[BlockSize];
            long end;
            for (long start = Seek(source, 0, Libc.SEEK_DATA, size); start < size; start = Seek(source, end, Libc.SEEK_DATA, size))
            {
                end = Seek(source, start, Libc.SEEK_HOLE, size);
                CopyExtent(source, target, start, end, block, cancellationToken);
            }
        }
        catch
        {
            File.Delete(to);
            throw;
        }
    }

    /// <summary>Renames, or copies where that is not possible; the original is gone afterwards.</summary>
    public static void Move(string from, string to, CancellationToken cancellationToken)
    {
        if (Libc.rename(from, to) == 0)
        {
            return;
        }

        Copy(from, to, cancellationToken);
        File.Delete(from);
    }

    private static void CopyExtent(
        SafeFileHandle source, SafeFileHandle target, long start, long end, byte[] block, CancellationToken cancellationToken)
    {
        while (start < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = RandomAccess.Read(source, block.AsSpan(0, (int)Math.Min(block.Length, end - start)), start);
            if (count == 0)
            {
                throw new IOException("The memory file became shorter while it was copied.");
            }

            RandomAccess.Write(target, block.AsSpan(0, count), start);
            start += count;
        }
    }

    private static SafeFileHandle Create(string path)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    // lseek(2): past the last data, SEEK_DATA fails with ENXIO; a file system that knows no holes reports one extent.
    private static long Seek(SafeFileHandle file, long from, int whence, long size)
    {
        long found = Libc.lseek(file, from, whence);
        return found >= 0 ? found
            : Marshal.GetLastPInvokeError() == Libc.ENXIO ? size
            : throw new IOException($"The memory file could not be searched (lseek): {Marshal.GetLastPInvokeErrorMessage()}.");
    }
}

using System.Buffers;
using Viper.Agent.Interop;
using Viper.Agent.Server;

namespace Viper.Agent.Files;

/// <summary>A part of a regular file as an answer, read as it is sent.</summary>
internal sealed class FileContent : ResponseContent
{
    private const int PieceSize = 64 * 1024;

    private readonly FileDescriptor _file;
    private readonly long _begin;
    private readonly long _length;

    /// <summary>Takes the file over.</summary>
    internal FileContent(FileDescriptor file, long begin, long length)
    {
        _file = file;
        _begin = begin;
        _length = length;
    }

    internal override long? Length => _length;

    internal override async Task WriteAsync(ResponseBody body, CancellationToken gone)
    {
        if (Libc.lseek(_file.Number, (nint)_begin, 0) < 0)
        {
            throw SystemCallException.Last("lseek");
        }

        await CopyAsync(_file, body, _length, gone);
    }

    /// <summary>Copies so many bytes.</summary>
    /// <exception cref="IOException">The file has become shorter, so that what was announced cannot be sent.</exception>
    internal static async Task CopyAsync(FileDescriptor file, ResponseBody body, long length, CancellationToken gone)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            while (length > 0)
            {
                var count = file.Read(buffer.AsSpan(0, (int)Math.Min(length, PieceSize)));
                if (count <= 0)
                {
                    throw new IOException("The file has become shorter while it was read.");
                }

                await body.WriteAsync(buffer.AsMemory(0, count), gone);
                length -= count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override void Dispose() => _file.Dispose();
}

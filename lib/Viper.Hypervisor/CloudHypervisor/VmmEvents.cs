using System.Buffers;
using System.Runtime.CompilerServices;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>The events of a Cloud Hypervisor, from the descriptor that was given to it as <c>--event-monitor fd=N</c>.</summary>
public static class VmmEvents
{
    private const string Source = "event monitor";

    /// <summary>Reads events until the VMM has closed its end.</summary>
    /// <remarks>
    /// Keeps at most one unfinished event (64 KiB) in memory and reads on only when it is asked for the next; the VMM never waits for
    /// the reader, and drops what finds no room. The stream stays the caller's.
    /// </remarks>
    /// <exception cref="VmmConnectionException">The stream holds something else than events, or ends within one.</exception>
    public static async IAsyncEnumerable<VmmEvent> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ResizeWatch resizes = new();
        byte[] buffer = new byte[4096];
        int length = 0;
        while (true)
        {
            int count = await ReceiveAsync(stream, buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            length += count;
            int start = 0;
            while (Take(buffer.AsSpan(start, length - start), ref start) is { } next)
            {
                if (resizes.Next(next) is { } failure)
                {
                    yield return failure;
                }

                yield return next;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
            if (count == 0)
            {
                break;
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, length * 2);
            }
        }

        if (resizes.End() is { } last)
        {
            yield return last;
        }

        if (length > 0)
        {
            throw new VmmConnectionException(Source, "the stream ended within an event");
        }
    }

    private static VmmEvent? Take(ReadOnlySpan<byte> bytes, ref int start)
    {
        OperationStatus status = VmmEventReader.TryRead(bytes, out VmmEvent? result, out int consumed);
        if (status == OperationStatus.InvalidData)
        {
            throw new VmmConnectionException(Source, "the stream holds something that is no event of Cloud Hypervisor");
        }

        start += consumed;
        return result;
    }

    // A connection that is reset tells the same as one that is closed: the process is gone.
    private static async ValueTask<int> ReceiveAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}

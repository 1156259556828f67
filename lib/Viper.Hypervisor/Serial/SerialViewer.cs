namespace Viper.Hypervisor;

/// <summary>One place in the output of a serial port: first what was printed last, then what comes.</summary>
/// <remarks>
/// For one reader at a time. Holds no buffer and needs no disposal. A viewer that falls more than
/// <see cref="SerialConsole.ReplayLimit"/> bytes behind loses the oldest, and neither the guest nor others notice.
/// </remarks>
public sealed class SerialViewer
{
    private readonly SerialConsole _console;
    private long _place;

    internal SerialViewer(SerialConsole console, long place)
    {
        _console = console;
        _place = place;
    }

    /// <summary>How many bytes this viewer has lost since it was attached, because it was slow.</summary>
    public long BytesLost { get; private set; }

    /// <summary>Reads the next bytes, waiting for them if there are none yet.</summary>
    /// <param name="buffer">Where to put them; at least one byte long.</param>
    /// <param name="cancellationToken">Ends the waiting; nothing is lost by it.</param>
    /// <returns>How many bytes were read; 0 when the port has ended and all of it has been read.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(buffer.Length);
        while (true)
        {
            Task? arrival = _console.Take(ref _place, buffer.Span, out int count, out long lost);
            BytesLost += lost;
            if (count > 0 || arrival is null)
            {
                return count;
            }

            await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}

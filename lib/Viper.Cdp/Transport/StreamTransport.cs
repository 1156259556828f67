using System.IO.Pipelines;

namespace Viper.Cdp.Transport;

/// <summary>A stream, or two for the two directions, as a pipe; its memory is pooled.</summary>
/// <remarks>Disposing ends both directions and disposes the streams.</remarks>
public sealed class StreamTransport : IDuplexPipe, IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;
    private const int SmallestRead = 4096;

    private readonly Stream _input;
    private readonly Stream _output;
    private int _disposed;

    /// <summary>Makes a pipe of a stream for both directions.</summary>
    /// <param name="stream">The stream; owned by this from now on.</param>
    /// <param name="holdsNoIdleMemory">
    /// Whether waiting holds no buffer, which costs an empty read each time. The stream must know what an empty read is, as those of
    /// sockets do.
    /// </param>
    public StreamTransport(Stream stream, bool holdsNoIdleMemory = false)
        : this(stream, stream, holdsNoIdleMemory)
    {
    }

    /// <summary>Makes a pipe of two streams.</summary>
    /// <param name="input">What is read; owned by this from now on.</param>
    /// <param name="output">What is written; owned by this from now on.</param>
    /// <param name="holdsNoIdleMemory">As for one stream.</param>
    public StreamTransport(Stream input, Stream output, bool holdsNoIdleMemory = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        _input = input;
        _output = output;
        Input = PipeReader.Create(input, new StreamPipeReaderOptions(
            bufferSize: BufferBytes, minimumReadSize: SmallestRead, leaveOpen: true, useZeroByteReads: holdsNoIdleMemory));
        Output = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
    }

    /// <summary>Gets what is received.</summary>
    public PipeReader Input { get; }

    /// <summary>Gets where is sent to.</summary>
    public PipeWriter Output { get; }

    /// <summary>Disposes the streams, so that who waits for them learns of it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _input.DisposeAsync().ConfigureAwait(false);
        if (!ReferenceEquals(_input, _output))
        {
            await _output.DisposeAsync().ConfigureAwait(false);
        }
    }
}

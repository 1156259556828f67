using System.Buffers;
using System.Buffers.Text;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>One keep-alive connection to the API socket.</summary>
/// <remarks>
/// Not thread-safe: one request at a time. After any error it must be disposed of. The buffer serves the request, then the answer;
/// nothing of it is handed out.
/// </remarks>
internal sealed class HttpConnection(Socket socket) : IDisposable
{
    private const int InterimLimit = 8;
    private const int KeptBuffer = 16 * 1024;

    private readonly CancellationTokenSource _deadline = new();
    private byte[] _buffer = new byte[4 * 1024];
    private int _length;
    private bool _asked;

    /// <summary>Whether the server has closed it, or sent what nobody asked for, so that it is of no more use.</summary>
    public bool IsStale => socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Sends a question and takes the answer that comes within the moment in which the kernel waits for one.</summary>
    /// <remarks>Nothing is armed for it, which costs as much as the exchange itself; a longer wait is <see cref="SendAsync"/>'s.</remarks>
    /// <returns>False when the answer is still to come: the next request must be the same one, and is not sent again.</returns>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="InvalidDataException">The answer is not HTTP as the server speaks it, or too long.</exception>
    public bool TryAsk(ApiOperation question, out HttpResponse response)
    {
        int total = WriteRequest(question, null);
        if (BlockingSocket.Send(socket, _buffer.AsSpan(0, total)) != total)
        {
            throw new IOException("the connection took no request");
        }

        _asked = true;
        _length = 0;
        response = default;
        while (true)
        {
            int count = BlockingSocket.Receive(socket, _buffer.AsSpan(_length));
            if (count < 0)
            {
                return false;
            }

            if (count == 0)
            {
                throw new IOException("the connection was closed without an answer");
            }

            _length += count;
            while (TryTake(out response))
            {
                if (response.Status >= 200)
                {
                    _asked = false;
                    Shrink();
                    response = response with { KeepAlive = response.KeepAlive && _length == 0 };
                    return true;
                }
            }

            if (_length == _buffer.Length)
            {
                return false;
            }
        }
    }

    /// <summary>Sends a request, unless <see cref="TryAsk"/> has, and reads its answer.</summary>
    /// <param name="operation">What is asked.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="descriptors">Descriptors to pass, on a new connection only.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="InvalidDataException">The answer is not HTTP as the server speaks it, or too long.</exception>
    /// <exception cref="OperationCanceledException">The time is over, or the caller gave up.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<HttpResponse> SendAsync(
        ApiOperation operation,
        byte[]? body,
        IReadOnlyList<SafeHandle> descriptors,
        TimeSpan limit,
        CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration link = cancellationToken.UnsafeRegister(
            static deadline => ((CancellationTokenSource)deadline!).Cancel(), _deadline);
        _deadline.CancelAfter(limit);
        Exception? refused = null;
        try
        {
            await WriteAsync(operation, body, descriptors).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // The server that has too many connections says so before it closes this one, whether it read the request or not.
            refused = e;
        }

        HttpResponse response = await ReadAsync(refused).ConfigureAwait(false);
        bool reusable = refused is null && response.KeepAlive && _length == 0;
        link.Unregister();
        return response with { KeepAlive = reusable && _deadline.TryReset() };
    }

    public void Dispose()
    {
        socket.Dispose();
        _deadline.Dispose();
    }

    private async ValueTask WriteAsync(ApiOperation operation, byte[]? body, IReadOnlyList<SafeHandle> descriptors)
    {
        if (_asked)
        {
            _asked = false;
            return;
        }

        int total = WriteRequest(operation, body);
        _length = 0;
        int sent = descriptors.Count == 0
            ? BlockingSocket.Send(socket, _buffer.AsSpan(0, total))
            : DescriptorSender.Send(socket, _buffer.AsSpan(0, total), descriptors);
        while (sent < total)
        {
            sent += await socket.SendAsync(_buffer.AsMemory(sent, total - sent), SocketFlags.None, _deadline.Token).ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HttpResponse> ReadAsync(Exception? refused)
    {
        int interim = 0;
        while (true)
        {
            int count = await ReceiveAsync().ConfigureAwait(false);
            if (count == 0)
            {
                throw new IOException(
                    _length == 0 ? "the connection was closed without an answer" : "the connection was closed within the answer", refused);
            }

            _length += count;
            while (TryTake(out HttpResponse response))
            {
                if (response.Status >= 200)
                {
                    Shrink();
                    return response;
                }

                if (++interim > InterimLimit)
                {
                    throw new InvalidDataException("the answer is an endless row of interim ones");
                }
            }
        }
    }

    private bool TryTake(out HttpResponse response)
    {
        switch (HttpResponseReader.TryRead(_buffer.AsSpan(0, _length), out response, out int consumed))
        {
            case OperationStatus.Done:
                _buffer.AsSpan(consumed, _length - consumed).CopyTo(_buffer);
                _length -= consumed;
                return true;
            case OperationStatus.NeedMoreData:
                return false;
            default:
                throw new InvalidDataException("the answer is not an HTTP response that this server sends");
        }
    }

    private ValueTask<int> ReceiveAsync()
    {
        if (_length == _buffer.Length)
        {
            Array.Resize(ref _buffer, _length * 2);
        }

        int count = BlockingSocket.Receive(socket, _buffer.AsSpan(_length));
        return count >= 0 ? ValueTask.FromResult(count) : ReceiveSlowAsync(_buffer.AsMemory(_length));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveSlowAsync(Memory<byte> free)
    {
        try
        {
            return await socket.ReceiveAsync(free, SocketFlags.None, _deadline.Token).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new IOException("the connection broke", e);
        }
    }

    // Always Content-Length, also of an empty body: the server refuses chunks.
    private int WriteRequest(ApiOperation operation, byte[]? body)
    {
        const int HeaderRoom = 96;
        int needed = operation.Head.Length + HeaderRoom + (body?.Length ?? 0);
        if (_buffer.Length < needed)
        {
            _buffer = new byte[needed];
        }

        int length = 0;
        Append(operation.Head);
        if (body is not null)
        {
            Append("Content-Type: application/json\r\n"u8);
        }

        if (!operation.IsQuestion)
        {
            Append("Content-Length: "u8);
            Utf8Formatter.TryFormat(body?.Length ?? 0, _buffer.AsSpan(length), out int digits);
            length += digits;
            Append("\r\n"u8);
        }

        Append("\r\n"u8);
        Append(body);
        return length;

        void Append(ReadOnlySpan<byte> part)
        {
            part.CopyTo(_buffer.AsSpan(length));
            length += part.Length;
        }
    }

    // A long answer must not hold its memory for the life of the connection.
    private void Shrink()
    {
        if (_buffer.Length > KeptBuffer && _length == 0)
        {
            _buffer = new byte[4 * 1024];
        }
    }
}

using System.Buffers;
using System.Text;
using System.Threading.Tasks.Sources;
using Viper.Cdp.Streaming;

namespace Viper.Cdp.Internal;

/// <summary>A command that waits for its answer, and then holds it; used again for another when the answer has been disposed.</summary>
/// <remarks>Who has taken it out of <see cref="PendingCalls"/> completes it, so that it is completed once.</remarks>
internal sealed class PendingCall : IValueTaskSource<CdpReply>
{
    private const int Kept = 4096;
    private const int Unleased = int.MinValue;

    private readonly PendingCalls _owner;
    private ManualResetValueTaskSourceCore<CdpReply> _core;
    private CancellationTokenRegistration _cancellation;
    private byte[] _method = new byte[64];
    private int _methodLength;
    private byte[] _buffer = [];
    private int _start;
    private int _length;
    private int _lease = Unleased;

    internal PendingCall(PendingCalls owner, bool continuesInline)
    {
        _owner = owner;
        _core.RunContinuationsAsynchronously = !continuesInline;
    }

    internal int Id { get; private set; }

    internal string? SessionId { get; private set; }

    /// <summary>Gets who takes a long text of the answer as it comes; null for an answer that is held whole.</summary>
    internal StreamedText? Stream { get; private set; }

    internal string Method => Encoding.UTF8.GetString(_method.AsSpan(0, _methodLength));

    internal ValueTask<CdpReply> Task => new(this, _core.Version);

    internal void Begin(int id, ReadOnlySpan<byte> method, string? sessionId, StreamedText? stream)
    {
        Id = id;
        SessionId = sessionId;
        Stream = stream;
        if (_method.Length < method.Length)
        {
            _method = new byte[method.Length];
        }

        method.CopyTo(_method);
        _methodLength = method.Length;
    }

    /// <summary>Lets a token cancel the call. Before the call's task is given away.</summary>
    internal void CancelWith(CancellationToken cancellationToken) =>
        _cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((PendingCall)state!).Cancel(token), this);

    /// <summary>Completes it with a copy of the result.</summary>
    internal void SetResult(ReadOnlySpan<byte> result)
    {
        if (_buffer.Length < result.Length)
        {
            ReturnBuffer();
            _buffer = ArrayPool<byte>.Shared.Rent(result.Length);
        }

        result.CopyTo(_buffer);
        Complete(0, result.Length);
    }

    /// <summary>Completes it with a result within pooled memory, which it owns from now on.</summary>
    internal void SetResult(byte[] pooled, int start, int length)
    {
        ReturnBuffer();
        _buffer = pooled;
        Complete(start, length);
    }

    internal void SetException(Exception error) => _core.SetException(error);

    internal ReadOnlyMemory<byte> Read(short lease) => _lease == lease
        ? _buffer.AsMemory(_start, _length)
        : throw new ObjectDisposedException(nameof(CdpReply));

    /// <summary>Ends a reader's lease; further calls do nothing.</summary>
    internal void Release(short lease)
    {
        if (Interlocked.CompareExchange(ref _lease, Unleased, lease) == lease)
        {
            Recycle();
        }
    }

    public CdpReply GetResult(short token)
    {
        // Waits for a cancellation that is on its way, so that it cannot meet the next user of this object.
        _cancellation.Dispose();
        _cancellation = default;
        var completed = false;
        try
        {
            var reply = _core.GetResult(token);
            completed = true;
            return reply;
        }
        finally
        {
            if (!completed)
            {
                Recycle();
            }
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Complete(int start, int length)
    {
        _start = start;
        _length = length;
        _lease = _core.Version;
        _core.SetResult(new CdpReply(this, _core.Version));
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        if (_owner.TryTake(this) || Stream?.TryDetach() == true)
        {
            SetException(new OperationCanceledException(cancellationToken));
        }
    }

    private void Recycle()
    {
        if (_buffer.Length > Kept)
        {
            ReturnBuffer();
        }

        Stream = null;
        SessionId = null;
        _core.Reset();
        _owner.Keep(this);
    }

    private void ReturnBuffer()
    {
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

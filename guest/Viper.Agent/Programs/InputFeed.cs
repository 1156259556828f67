using System.Runtime.InteropServices;
using Viper.Agent.Interop;

namespace Viper.Agent.Programs;

/// <summary>What a program reads: written by any, one after the other, and passed on by the program's own thread.</summary>
internal sealed class InputFeed : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly FileDescriptor _target;
    private readonly Action _wake;
    private ReadOnlyMemory<byte> _pending;
    private TaskCompletionSource<bool>? _written;
    private bool _isClosed;

    /// <summary>Takes over the end that is written to, which does not block.</summary>
    internal InputFeed(FileDescriptor target, Action wake)
    {
        _target = target;
        _wake = wake;
    }

    internal int Number => _target.Number;

    /// <summary>Gets a value indicating whether something waits to be passed on.</summary>
    internal bool HasPending
    {
        get
        {
            lock (_gate)
            {
                return _written is not null;
            }
        }
    }

    /// <summary>Writes; returns when the kernel has all of it, false when nobody reads any more. The memory may then be used again.</summary>
    internal async Task<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var written = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                if (_isClosed)
                {
                    return false;
                }

                (_pending, _written) = (data, written);
            }

            _wake();
            try
            {
                return await written.Task.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                lock (_gate)
                {
                    (_pending, _written) = (default, null);
                }

                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends the input once what is being written is, so that the program reads its end.</summary>
    internal async Task CloseAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Dispose();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Passes on what the kernel takes now.</summary>
    internal void Pump()
    {
        lock (_gate)
        {
            if (_written is not { } written)
            {
                return;
            }

            var count = _target.Write(_pending.Span);
            if (count < 0 && Marshal.GetLastPInvokeError() != Libc.EAGAIN)
            {
                // Nobody reads any more.
                Dispose();
                return;
            }

            _pending = _pending[Math.Max(count, 0)..];
            if (_pending.IsEmpty)
            {
                _written = null;
                written.SetResult(true);
            }
        }
    }

    /// <summary>Closes at once; what was not passed on is not.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _target.Dispose();
            (var written, _written, _pending) = (_written, null, default);
            written?.SetResult(false);
        }
    }
}

namespace Viper.Hypervisor.Qemu;

/// <summary>The reading side: one loop, and one end that fails all that waits.</summary>
internal sealed partial class QmpClient
{
    private async Task ReadLoopAsync()
    {
        string reason = "QEMU closed the connection";
        ReceiveBuffer buffer = new();
        try
        {
            while (true)
            {
                if (buffer.IsEmpty)
                {
                    // Reading nothing waits until there is something; a monitor that is silent holds no memory.
                    await _stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
                }
                else if (buffer.Length >= LineLimit)
                {
                    reason = $"QEMU sent a line of more than {LineLimit} bytes";
                    break;
                }

                int count = await _stream.ReadAsync(buffer.Room()).ConfigureAwait(false);
                if (count == 0)
                {
                    break;
                }

                buffer.Add(count);
                buffer.Drop(Dispatch(buffer.Bytes, buffer.Length - count));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            reason = "the connection broke";
        }
        catch (InvalidDataException e)
        {
            reason = e.Message;
        }
        finally
        {
            buffer.Drop(buffer.Length);
        }

        End(reason);
    }

    // What was there before has been searched for a line end already.
    private int Dispatch(ReadOnlyMemory<byte> bytes, int searched)
    {
        int used = 0;
        while (true)
        {
            int end = bytes.Span[searched..].IndexOf((byte)'\n');
            if (end < 0)
            {
                return used;
            }

            ReadOnlyMemory<byte> line = bytes[used..(searched + end)];
            used = searched += end + 1;
            if (line.Span.Trim("\r "u8).IsEmpty)
            {
                continue;
            }

            if (!QmpMessageReader.TryRead(line, out QmpMessage message))
            {
                throw new InvalidDataException("QEMU sent something that is not its protocol");
            }

            Take(message);
        }
    }

    private void Take(QmpMessage message)
    {
        switch (message.Kind)
        {
            case QmpMessageKind.Greeting:
                _greeting.TrySetResult(message);
                break;
            case QmpMessageKind.Event:
                _onEvent(message);
                break;
            case QmpMessageKind.Error when message.Id is null:
                // QEMU could not read a command, and so cannot say which; the one who waits for it must not wait for ever.
                throw new InvalidDataException($"QEMU could not read a command: {message.Text}");
            default:
                if (message.Id is { } id && _pending.TryRemove(id, out Pending? pending))
                {
                    pending.Finish();
                    pending.Answer.TrySetResult(message);
                }

                break;
        }
    }

    private void End(string reason)
    {
        lock (_lock)
        {
            _endReason = reason;
        }

        _stream.Dispose();
        _greeting.TrySetException(new VmmConnectionException("greeting", reason));
        _ = _greeting.Task.Exception;
        foreach ((long id, Pending pending) in _pending)
        {
            _pending.TryRemove(id, out _);
            pending.Finish();
            pending.Answer.TrySetException(new VmmConnectionException(pending.Command, reason));
            _ = pending.Answer.Task.Exception;
        }
    }
}

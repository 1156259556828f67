namespace Viper.Agent.Programs;

/// <summary>
/// What a program has written, bounded. One thread appends; any may read. A reader that must not miss anything holds what it has
/// not read, and the program waits for it.
/// </summary>
internal sealed class OutputLog
{
    private const int FirstSize = 4 * 1024;

    private readonly Lock _gate = new();
    private readonly int _capacity;
    private readonly OutputOverflow _overflow;
    private byte[] _ring = [];
    private long _end;
    private long _total;
    private long _held = long.MaxValue;

    internal OutputLog(int capacity, OutputOverflow overflow)
    {
        _capacity = capacity;
        _overflow = overflow;
    }

    /// <summary>Gets how many bytes are kept at most.</summary>
    internal int Capacity => _capacity;

    /// <summary>Gets how many bytes have been appended, those that were dropped included.</summary>
    internal long Total
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    /// <summary>Gets a value indicating whether bytes at the end are missing.</summary>
    internal bool IsTruncated
    {
        get
        {
            lock (_gate)
            {
                return _end < _total;
            }
        }
    }

    /// <summary>Gets how much may be appended now.</summary>
    internal int Room
    {
        get
        {
            lock (_gate)
            {
                return _held == long.MaxValue ? int.MaxValue : (int)(_capacity - (_end - _held));
            }
        }
    }

    /// <summary>Appends; with a reader that holds, no more than <see cref="Room"/>.</summary>
    internal void Append(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            _total += data.Length;
            if (_overflow == OutputOverflow.DropNewest)
            {
                data = data[..(int)Math.Min(data.Length, _capacity - _end)];
            }

            Grow(_end + data.Length);
            while (!data.IsEmpty)
            {
                var at = (int)(_end % _capacity);
                var step = Math.Min(data.Length, _ring.Length - at);
                data[..step].CopyTo(_ring.AsSpan(at));
                data = data[step..];
                _end += step;
            }
        }
    }

    /// <summary>Copies what is kept from an offset on; says where it begins, which is later where bytes are no longer kept.</summary>
    internal int Read(long offset, Span<byte> target, out long begin)
    {
        lock (_gate)
        {
            begin = Math.Min(Math.Max(offset, Math.Max(0, _end - _capacity)), _end);
            var count = (int)Math.Min(target.Length, _end - begin);
            for (var done = 0; done < count;)
            {
                var at = (int)((begin + done) % _capacity);
                var step = Math.Min(count - done, _ring.Length - at);
                _ring.AsSpan(at, step).CopyTo(target[done..]);
                done += step;
            }

            return count;
        }
    }

    /// <summary>Keeps all from an offset on, or from the first byte that is still kept; answers which. One holds at a time.</summary>
    internal long Hold(long offset)
    {
        lock (_gate)
        {
            return _held = Math.Min(Math.Max(offset, Math.Max(0, _end - _capacity)), _end);
        }
    }

    /// <summary>Keeps nothing for anyone any more.</summary>
    internal void Release()
    {
        lock (_gate)
        {
            _held = long.MaxValue;
        }
    }

    private void Grow(long needed)
    {
        if (needed > _ring.Length && _ring.Length < _capacity)
        {
            // Until it has its full size nothing has been overwritten, so offsets are indexes.
            Array.Resize(ref _ring, (int)Math.Min(_capacity, Math.Max(Math.Max(FirstSize, _ring.Length * 2L), needed)));
        }
    }
}

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>A range of guest addresses, given out from its top.</summary>
internal sealed class AddressSpace(ulong start, ulong end)
{
    // From the top down.
    private readonly SortedDictionary<ulong, ulong> _used = new(Comparer<ulong>.Create((one, other) => other.CompareTo(one)));

    /// <summary>Takes the highest free place of this size and alignment.</summary>
    public ulong Take(ulong size, ulong alignment)
    {
        ulong limit = end;
        foreach ((ulong place, ulong length) in _used)
        {
            ulong candidate = (limit - size) / alignment * alignment;
            if (limit >= size && candidate >= place + length)
            {
                _used.Add(candidate, size);
                return candidate;
            }

            limit = place;
        }

        ulong last = limit >= start + size ? (limit - size) / alignment * alignment : 0;
        if (last < start)
        {
            throw ApiException.OfDevices("Cannot allocate MMIO range");
        }

        _used.Add(last, size);
        return last;
    }
}

using Viper.Net;
using Viper.Net.Firewall;

namespace Viper.Orchestration.Network;

/// <summary>Which state of the filter was found to be right; what only we changed since is right too.</summary>
/// <remarks>
/// The kernel numbers the filter's states, and each transaction of anybody takes the next number. So a look at the tables,
/// whose cost grows with the VMs that have limits, is needed only after somebody else changed something.
/// </remarks>
internal sealed class FilterGeneration(NftSocket firewall)
{
    private readonly Lock _gate = new();
    private uint? _right;

    /// <summary>The state now; null where it cannot be read.</summary>
    internal uint? Read()
    {
        try
        {
            return firewall.GetGeneration();
        }
        catch (NetException)
        {
            return null;
        }
    }

    /// <summary>Whether this state was found right.</summary>
    internal bool IsRight(uint? generation)
    {
        lock (_gate)
        {
            return generation is not null && generation == _right;
        }
    }

    /// <summary>Remembers that the tables, read after this was the state, were right.</summary>
    internal void Accept(uint generation)
    {
        lock (_gate)
        {
            _right = generation;
        }
    }

    /// <summary>Commits a change of ours: what was right before is right after it, unless somebody else came between.</summary>
    internal void Commit(NftTransaction transaction)
    {
        lock (_gate)
        {
            uint? before = _right is null ? null : Read();
            firewall.Commit(transaction);
            if (before is { } old && old == _right && old != uint.MaxValue && Read() == old + 1)
            {
                _right = old + 1;
            }
        }
    }
}

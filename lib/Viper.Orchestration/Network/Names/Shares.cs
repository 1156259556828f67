using System.Net;

namespace Viper.Orchestration.Network.Names;

/// <summary>Places that guests take and give back: so many in all, and so many for each.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Shares((int All, int Each) limits)
{
    private readonly Dictionary<IPAddress, int> _taken = [];
    private int _all;

    internal bool TryTake(IPAddress guest)
    {
        lock (_taken)
        {
            int own = _taken.GetValueOrDefault(guest);
            if (_all >= limits.All || own >= limits.Each)
            {
                return false;
            }

            _all++;
            _taken[guest] = own + 1;
            return true;
        }
    }

    internal void GiveBack(IPAddress guest)
    {
        lock (_taken)
        {
            _all--;
            if (--_taken[guest] == 0)
            {
                _taken.Remove(guest);
            }
        }
    }
}

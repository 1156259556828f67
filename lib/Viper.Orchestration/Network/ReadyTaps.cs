using Viper.Net;

namespace Viper.Orchestration.Network;

/// <summary>Taps that wait on the bridge for the next VMs, so that a VM waits for no tap.</summary>
/// <remarks>
/// Thread-safe. They are made by a thread of its own, which is in the network namespace of the thread that makes this object.
/// What cannot be made is tried again when the next VM asks, which then makes its own.
/// </remarks>
internal sealed class ReadyTaps : IDisposable
{
    internal const int Most = 64;

    // Not that of VMs' taps: what belongs to no VM is never taken for one.
    private const string Prefix = "vp";

    private readonly RouteSocket _route;
    private readonly HostNetworkSettings _settings;
    private readonly Queue<ReadyTap> _ready = new();
    private readonly object _gate = new();
    private readonly Thread? _maker;
    private bool _isAsked = true;
    private bool _isClosing;

    internal ReadyTaps(RouteSocket route, HostNetworkSettings settings)
    {
        _route = route;
        _settings = settings;
        if (settings.ReadyTaps > 0)
        {
            _maker = new Thread(Work) { IsBackground = true, Name = "ready taps" };
            _maker.Start();
        }
    }

    /// <summary>How many wait now.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _ready.Count;
            }
        }
    }

    /// <summary>A tap of that name, which the caller owns; null where none is ready, or the name is taken.</summary>
    internal ReadyTap? Take(int bridge, string name)
    {
        while (Next() is { } tap)
        {
            try
            {
                // Somebody may have changed it, or the whole bridge, since it was made.
                if (_route.GetLink(tap.Index) is { } link && GuestPorts.IsPortOf(bridge, link))
                {
                    _route.Rename(tap.Index, name);
                    return tap;
                }

                Discard(tap);
            }
            catch (NetlinkException)
            {
                Discard(tap);
                Refill();
                return null;
            }
        }

        return null;
    }

    /// <summary>Has those made that are missing: once a VM is joined, for the kernel changes one link at a time.</summary>
    internal void Refill()
    {
        lock (_gate)
        {
            _isAsked = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Takes away what waits.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosing = true;
            Monitor.Pulse(_gate);
        }

        _maker?.Join();
        while (_ready.TryDequeue(out ReadyTap? tap))
        {
            Discard(tap);
        }
    }

    private ReadyTap? Next()
    {
        lock (_gate)
        {
            return _ready.TryDequeue(out ReadyTap? tap) ? tap : null;
        }
    }

    private void Work()
    {
        while (IsWanted())
        {
            ReadyTap? made = TryMake();
            lock (_gate)
            {
                if (made is null)
                {
                    _isAsked = false;
                }
                else
                {
                    _ready.Enqueue(made);
                }
            }
        }
    }

    /// <summary>Deletes a tap now: a program that is being spawned holds copies of all descriptors until it runs.</summary>
    private void Discard(ReadyTap tap)
    {
        using (tap)
        {
            try
            {
                _route.DeleteLink(tap.Index);
            }
            catch (NetlinkException)
            {
                // It goes with its descriptor.
            }
        }
    }

    /// <summary>Waits until a tap is missing; false when this ends.</summary>
    private bool IsWanted()
    {
        lock (_gate)
        {
            while (!_isClosing && (!_isAsked || _ready.Count >= _settings.ReadyTaps))
            {
                Monitor.Wait(_gate);
            }

            return !_isClosing;
        }
    }

    private ReadyTap? TryMake()
    {
        try
        {
            return _route.GetLink(_settings.BridgeName) is { Kind: LinkKind.Bridge } bridge
                ? ReadyTap.Make(_route, bridge.Index, static () => TapDevice.CreateNumbered(Prefix))
                : null;
        }
        catch (Exception e) when (e is NetException or HostNetworkException)
        {
            // Whoever needs a tap now makes it, and hears why that fails.
            return null;
        }
    }
}

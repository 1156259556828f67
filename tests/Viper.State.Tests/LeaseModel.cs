namespace Viper.State.Tests;

/// <summary>What the pool of addresses should do, in as few lines as it can be said: hosts by number, time in seconds.</summary>
internal sealed class LeaseModel(int rest)
{
    internal SortedDictionary<int, Host> Hosts { get; } = [];

    internal int Now { get; set; }

    /// <summary>When the first of the resting hosts is free, if one rests.</summary>
    internal int? NextFree => Hosts.Values.Where(h => h.InPool && Rests(h)).Select(h => (int?)h.FreeAt).Min();

    internal (int Total, int Leased, int Resting, int Reserved) Usage => (
        Hosts.Values.Count(h => h.InPool || h.Holder is not null), Hosts.Values.Count(h => h.Holder is not null),
        Hosts.Values.Count(h => h.InPool && Rests(h)), Hosts.Values.Count(h => h.InPool && h.Holder is null && h.ReservedFor is not null));

    internal bool Rests(Host host) => host.Holder is null && host.ReservedFor is null && host.FreeAt > Now;

    internal Host? HeldBy(string name) => Hosts.Values.SingleOrDefault(h => h.Holder == name);

    internal Host? ReservedBy(string name) => Hosts.Values.SingleOrDefault(h => h.ReservedFor == name);

    /// <summary>The host that a new VM of the name gets: its own reserved one, else the lowest that is free for all.</summary>
    internal Host? Next(string name) => ReservedBy(name) is { InPool: true, Holder: null } own
        ? own
        : Hosts.Values.FirstOrDefault(h => h.InPool && h.Holder is null && h.ReservedFor is null && !Rests(h));

    internal static void Lease(Host host, string name) => (host.Holder, host.Epoch) = (name, host.Epoch + 1);

    internal void Release(Host host) => (host.Holder, host.FreeAt) = (null, host.ReservedFor is null ? Now + rest : 0);

    internal void Reserve(Host host, string name)
    {
        if (ReservedBy(name) is { } earlier && earlier != host)
        {
            CancelReservation(earlier);
        }

        host.ReservedFor = name;
    }

    internal void CancelReservation(Host host) =>
        (host.ReservedFor, host.FreeAt) = (null, host is { Holder: null, Epoch: > 0 } ? Now + rest : 0);

    internal sealed class Host(int number)
    {
        internal int Number { get; } = number;

        internal bool InPool { get; set; } = true;

        internal string? Holder { get; set; }

        internal string? ReservedFor { get; set; }

        internal long Epoch { get; set; }

        internal int FreeAt { get; set; }
    }
}

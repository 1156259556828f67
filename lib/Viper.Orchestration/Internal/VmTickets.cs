using System.Diagnostics.CodeAnalysis;
using Viper.State;

namespace Viper.Orchestration.Internal;

/// <summary>The epoch of one VM's tickets; the database is asked once. Thread-safe.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A token source without a timer holds nothing to release.")]
internal sealed class VmTickets(StateStore store, string vmId)
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _revoked = new();
    private long? _epoch;

    public TicketEpoch Get()
    {
        lock (_gate)
        {
            return Now();
        }
    }

    /// <summary>Null where the VM was deleted meanwhile.</summary>
    public TicketEpoch? Revoke()
    {
        CancellationTokenSource before;
        TicketEpoch after;
        lock (_gate)
        {
            if (store.RevokeTickets(vmId) is not { } epoch)
            {
                return null;
            }

            before = _revoked;
            _revoked = new CancellationTokenSource();
            _epoch = epoch;
            after = Now();
        }

        // Outside the lock: what ends with the token may ask for the epoch at once.
        before.Cancel();
        return after;
    }

    private TicketEpoch Now() => new(vmId, _epoch ??= store.GetTicketEpoch(vmId), _revoked.Token);
}

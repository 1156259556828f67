namespace Viper.Orchestration;

/// <summary>What the tickets of a VM are held against.</summary>
/// <param name="VmId">The VM's identity, which no later VM of its name has.</param>
/// <param name="Epoch">How often its tickets were revoked; a ticket holds in the epoch in which it was given.</param>
/// <param name="Revoked">Ends when the tickets of this epoch are revoked.</param>
public sealed record TicketEpoch(string VmId, long Epoch, CancellationToken Revoked);

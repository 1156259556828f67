namespace Viper.Contracts;

/// <summary>What lets a DevTools client in that cannot send the daemon's key: for one VM's DevTools, and nothing else.</summary>
/// <remarks>It holds over reconnects, runs of the VM and restarts of the daemon, until the VM's tickets are revoked or the VM is deleted.</remarks>
public sealed record VmTicket
{
    /// <summary>The parameter of the query that shows a ticket.</summary>
    public const string Parameter = "ticket";

    /// <summary>The VM's name.</summary>
    public required string Vm { get; init; }

    /// <summary>The ticket: letters, digits, <c>-</c> and <c>_</c>. Whoever has it may drive the VM's browser.</summary>
    public required string Ticket { get; init; }

    /// <summary>The base of the VM's DevTools HTTP endpoints, ticket included; null where the daemon has no TCP address to name.</summary>
    public string? CdpHttp { get; init; }

    /// <summary>The browser's DevTools WebSocket, ticket included; null where the daemon has no TCP address to name.</summary>
    public string? CdpWs { get; init; }

    /// <summary>All but the ticket, which must not reach a log.</summary>
    public override string ToString() => $"ticket of VM '{Vm}'";
}

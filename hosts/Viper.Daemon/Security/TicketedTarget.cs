using System.Buffers;
using Viper.Contracts;

namespace Viper.Daemon.Security;

/// <summary>A request for a VM's DevTools that shows a ticket.</summary>
/// <param name="Vm">The VM's name.</param>
/// <param name="Target">The path and query behind <c>/api/v1/vms/{name}/agent</c>, without the ticket.</param>
/// <param name="Ticket">What is shown; empty where it is shown more than once.</param>
/// <remarks>
/// Only the plain spelling of a path is taken: what two readers could read in two ways (percent-encoding, dots, doubled slashes)
/// must not let anybody in.
/// </remarks>
internal sealed record TicketedTarget(string Vm, string Target, string Ticket)
{
    private const string Prefix = "/api/v1/vms/";
    private const string Agent = "/agent";
    private const string NewPage = "/json/new";
    private const string Shown = VmTicket.Parameter + "=";

    private static readonly SearchValues<char> s_plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/");

    /// <summary>Reads a request's target; null where it shows no ticket, or is not for a VM's DevTools.</summary>
    internal static TicketedTarget? Read(string rawTarget)
    {
        int query = rawTarget.IndexOf('?');
        if (query < 0 || !rawTarget.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        ReadOnlySpan<char> rest = rawTarget.AsSpan(Prefix.Length, query - Prefix.Length);
        int slash = rest.IndexOf('/');
        if (slash < 0 || !rest[slash..].StartsWith(Agent, StringComparison.Ordinal))
        {
            return null;
        }

        string name = rest[..slash].ToString();
        string path = rest[(slash + Agent.Length)..].ToString();
        return VmName.IsValid(name) && IsDevTools(path) && Split(path, rawTarget[(query + 1)..]) is var (kept, ticket)
            ? new TicketedTarget(name, kept.Length == 0 ? path : $"{path}?{kept}", ticket)
            : null;
    }

    private static bool IsDevTools(string path) =>
        (path == "/json" || path.StartsWith("/json/", StringComparison.Ordinal) || path.StartsWith("/devtools/", StringComparison.Ordinal)) &&
        !path.AsSpan().ContainsAnyExcept(s_plain) && !path.Contains("//", StringComparison.Ordinal);

    // Null where no ticket is shown.
    private static (string Kept, string Ticket)? Split(string path, string query)
    {
        string[] parts = query.Split('&');
        if (path.TrimEnd('/') == NewPage)
        {
            // The rest of its query is a page's address, ampersands and all.
            return parts[0].StartsWith(Shown, StringComparison.Ordinal) ? (string.Join('&', parts[1..]), parts[0][Shown.Length..]) : null;
        }

        ILookup<bool, string> parted = parts.ToLookup(static part => part.StartsWith(Shown, StringComparison.Ordinal));
        return parted[true].ToArray() switch
        {
            [] => null,
            [string only] => (string.Join('&', parted[false]), only[Shown.Length..]),
            _ => (string.Join('&', parted[false]), ""),
        };
    }
}

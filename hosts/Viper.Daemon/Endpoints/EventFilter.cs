using System.Globalization;
using Microsoft.AspNetCore.Http;
using Viper.Contracts;

namespace Viper.Daemon.Endpoints;

/// <summary>Which events a reader wants, and from where.</summary>
/// <param name="After">The last event already seen; null for new ones only.</param>
/// <param name="Vm">Only events about this name; null for all.</param>
/// <param name="Types">Only events of these types; null for all.</param>
internal sealed record EventFilter(long? After, string? Vm, IReadOnlySet<string>? Types)
{
    internal static EventFilter Read(HttpContext context)
    {
        // The header wins: a client that reconnects repeats its first address with the place it had reached.
        string? place = context.Request.Headers.TryGetValue("Last-Event-ID", out var header) && header.ToString().Length > 0
            ? header.ToString()
            : RequestQuery.Text(context, "after");
        long? after = place is null ? null
            : long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out long seq) ? seq
            : throw ProblemException.Parameter(header.Count > 0 ? "Last-Event-ID" : "?after", "The id of an event: a whole number.");
        string? vm = RequestQuery.VmFilter(context);
        string[] types = [.. context.Request.Query["types"].SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        return new EventFilter(after, vm, types.Length == 0 ? null : types.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Whether the reader wants this event; that its start was dropped concerns every reader.</summary>
    internal bool Wants(VmEvent item) => Types is null || item.Type == VmEventTypes.EventsTruncated || Types.Contains(item.Type);
}

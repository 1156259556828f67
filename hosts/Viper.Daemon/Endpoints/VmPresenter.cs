using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Viper.Contracts;

namespace Viper.Daemon.Endpoints;

/// <summary>A VM as this caller sees it: with the addresses that work from where the request came.</summary>
internal sealed class VmPresenter(DaemonAddresses addresses)
{
    internal static string ETagOf(Vm vm) => $"\"r{vm.Revision}\"";

    /// <summary>Whether the caller has this revision already (<c>If-None-Match</c>).</summary>
    internal static bool IsKnown(HttpContext context, Vm vm)
    {
        if (!context.Request.Headers.TryGetValue(HeaderNames.IfNoneMatch, out var header) ||
            !EntityTagHeaderValue.TryParseList(header, out IList<EntityTagHeaderValue>? tags))
        {
            return false;
        }

        EntityTagHeaderValue current = new(ETagOf(vm));
        return tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(current, useStrongComparison: false));
    }

    internal Vm Present(HttpContext context, Vm vm) => vm with { Urls = addresses.UrlsOf(context, vm.Name) };
}

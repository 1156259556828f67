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

    internal Vm Present(HttpContext context, Vm vm)
    {
        string path = VmUrls.PathOf(vm.Name);

        // The Host of a TCP request has been checked; that of a unix socket can be anything.
        string? authority = context.Connection.LocalIpAddress is not null ? context.Request.Host.Value : addresses.TcpAuthority;
        return vm with
        {
            Urls = new VmUrls
            {
                Self = path,
                Agent = path + "/agent",
                CdpHttp = authority is null ? null : $"http://{authority}{path}/agent",
                CdpWs = authority is null ? null : $"ws://{authority}{path}/agent/devtools/browser/default",
            },
        };
    }
}

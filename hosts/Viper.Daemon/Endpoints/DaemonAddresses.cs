using Microsoft.AspNetCore.Http;
using Viper.Contracts;

namespace Viper.Daemon.Endpoints;

/// <summary>The addresses that the daemon ended up listening on.</summary>
internal sealed class DaemonAddresses
{
    /// <summary>Host and port of its TCP listener; null where there is none.</summary>
    internal string? TcpAuthority { get; set; }

    /// <summary>A VM's addresses that work from where a request came.</summary>
    internal VmUrls UrlsOf(HttpContext context, string name)
    {
        string path = VmUrls.PathOf(name);

        // The Host of a TCP request has been checked; that of a unix socket can be anything.
        string? authority = context.Connection.LocalIpAddress is not null ? context.Request.Host.Value : TcpAuthority;
        return new VmUrls
        {
            Self = path,
            Agent = path + "/agent",
            CdpHttp = authority is null ? null : $"http://{authority}{path}/agent",
            CdpWs = authority is null ? null : $"ws://{authority}{path}/agent/devtools/browser/default",
        };
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Viper.Daemon.Relay;

/// <summary>How fast callers must send and take what is relayed: as slowly as they like, for who is slow holds back the guest alone.</summary>
internal static class LeastRate
{
    internal static void Drop(HttpContext context)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } up)
        {
            up.MinDataRate = null;
        }

        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } down)
        {
            down.MinDataRate = null;
        }
    }
}

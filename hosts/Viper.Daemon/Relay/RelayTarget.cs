using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Viper.Daemon.Security;

namespace Viper.Daemon.Relay;

/// <summary>What a request asks of the agent: the path and query behind <c>/api/v1/vms/{name}/agent</c>, percent-encoding as it came.</summary>
internal static class RelayTarget
{
    private const string Prefix = "/api/v1/vms/";

    /// <summary>The origin-form target for the agent, without the ticket that was shown; always begins with a slash.</summary>
    internal static string Of(HttpContext context)
    {
        if (TicketGrant.Of(context) is { } grant)
        {
            return grant.Target;
        }

        string raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        int query = raw.IndexOf('?');
        ReadOnlySpan<char> path = query < 0 ? raw : raw.AsSpan(0, query);
        string behind = Behind(path) ?? Rebuilt(context);
        return query < 0 ? behind : string.Concat(behind, raw.AsSpan(query));
    }

    /// <summary>Whether it asks the agent how it is, and nothing else.</summary>
    internal static bool IsStatus(HttpContext context)
    {
        string target = Of(context);
        int query = target.IndexOf('?');
        return HttpMethods.IsGet(context.Request.Method) && (query < 0 ? target : target.AsSpan(0, query)).TrimEnd('/').SequenceEqual("/status");
    }

    // Null where the path is spelled in a way that has to be normalised first.
    private static string? Behind(ReadOnlySpan<char> path)
    {
        if (!path.StartsWith(Prefix, StringComparison.Ordinal) || HasDotSegment(path))
        {
            return null;
        }

        ReadOnlySpan<char> rest = path[Prefix.Length..];
        int slash = rest.IndexOf('/');
        if (slash < 0 || !rest[slash..].StartsWith("/agent", StringComparison.Ordinal))
        {
            return null;
        }

        ReadOnlySpan<char> behind = rest[(slash + "/agent".Length)..];
        return behind.Length == 0 ? "/" : behind[0] == '/' ? behind.ToString() : null;
    }

    private static string Rebuilt(HttpContext context) =>
        new PathString("/" + (string?)context.Request.RouteValues["path"]).ToUriComponent();

    // Whether a segment means this or the one above, however it is spelled; a name that begins with a dot is a name.
    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        foreach (Range range in path.Split('/'))
        {
            ReadOnlySpan<char> segment = path[range];
            int dots = 0;
            while (segment.Length > 0 && (segment[0] == '.' || segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase)))
            {
                segment = segment[(segment[0] == '.' ? 1 : 3)..];
                dots++;
            }

            if (segment.IsEmpty && dots is 1 or 2)
            {
                return true;
            }
        }

        return false;
    }
}

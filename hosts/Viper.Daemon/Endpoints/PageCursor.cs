using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Viper.Daemon.Endpoints;

/// <summary>Where the next page begins: after a name or an id, in a form that callers do not take apart.</summary>
internal static class PageCursor
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;

    /// <summary>How many items the page may have.</summary>
    internal static int Limit(HttpContext context) => RequestQuery.Number(context, "limit", DefaultLimit, 1, MaxLimit);

    internal static string After(string name) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(name));

    /// <summary>Says where the next page is to be had (<c>Link</c>), with all that was asked of this one.</summary>
    internal static void LinkNext(HttpContext context, string path, string next)
    {
        IEnumerable<KeyValuePair<string, string?>> others = context.Request.Query
            .Where(p => p.Key != "cursor").SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v)));
        QueryString query = QueryString.Create(others.Append(KeyValuePair.Create("cursor", (string?)next)));
        context.Response.Headers.Link = $"<{path}{query.ToUriComponent()}>; rel=\"next\"";
    }

    /// <summary>What the asked-for page begins after; null for the first page.</summary>
    internal static string? Read(HttpContext context, Func<string?, bool> isValid)
    {
        if (RequestQuery.Text(context, "cursor") is not { } cursor)
        {
            return null;
        }

        string? name = cursor.Length <= 64 && Base64Url.IsValid(cursor) ? Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)) : null;
        return isValid(name) ? name : throw ProblemException.Parameter("?cursor", "The next_cursor of the page before.");
    }
}

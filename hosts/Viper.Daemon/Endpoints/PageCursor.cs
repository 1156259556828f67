using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Viper.Contracts;

namespace Viper.Daemon.Endpoints;

/// <summary>Where the next page begins: after a name, in a form that callers do not take apart.</summary>
internal static class PageCursor
{
    internal static string After(string name) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(name));

    /// <summary>The name after which the asked-for page begins; null for the first page.</summary>
    internal static string? Read(HttpContext context)
    {
        if (RequestQuery.Text(context, "cursor") is not { } cursor)
        {
            return null;
        }

        string? name = cursor.Length <= 64 && Base64Url.IsValid(cursor) ? Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)) : null;
        return VmName.IsValid(name) ? name : throw ProblemException.Parameter("?cursor", "The next_cursor of the page before.");
    }
}

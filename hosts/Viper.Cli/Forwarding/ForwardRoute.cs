using System.Buffers;

namespace Viper.Cli.Forwarding;

/// <summary>What of a VM the forwarded port serves: Chrome's DevTools, and nothing else.</summary>
internal static class ForwardRoute
{
    private static readonly SearchValues<char> s_id = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_");

    /// <summary>Whether a plain request for <paramref name="path"/> (no query, no slash at its end) is DevTools HTTP.</summary>
    internal static bool IsHttp(string path) =>
        path is "/json" or "/json/version" or "/json/list" or "/json/protocol" or "/json/new" || IsBelow(path, "/json/activate/") || IsBelow(path, "/json/close/");

    /// <summary>Whether a WebSocket to <paramref name="path"/> is DevTools.</summary>
    internal static bool IsSocket(string path) => IsBelow(path, "/devtools/browser/") || IsBelow(path, "/devtools/page/");

    /// <summary>Whether what <paramref name="path"/> answers names addresses.</summary>
    internal static bool IsDiscovery(string path) => path is "/json" or "/json/version" or "/json/list" or "/json/new";

    private static bool IsBelow(string path, string prefix) =>
        path.StartsWith(prefix, StringComparison.Ordinal) && path.Length > prefix.Length &&
        path.AsSpan(prefix.Length).IndexOfAnyExcept(s_id) < 0;
}

using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Viper.Daemon.Security;

/// <summary>The key that callers must show, compared in a time that does not depend on what they show.</summary>
internal sealed class ApiKey(string key)
{
    private const string Scheme = "Bearer ";

    // Digests have one length, so not even the key's length can be timed.
    private readonly byte[] _digest = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Whether a request shows the key, as <c>Authorization: Bearer</c> or as <c>X-API-Key</c>.</summary>
    internal bool Admits(HttpRequest request)
    {
        string authorization = request.Headers.Authorization.ToString();
        string? shown = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[Scheme.Length..].Trim()
            : request.Headers.TryGetValue("X-API-Key", out var header) ? header.ToString() : null;
        return shown is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(shown)), _digest);
    }
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Viper.Agent.Boot;

/// <summary>The secret that the host shows with every request. It has no text form.</summary>
internal sealed class VmToken
{
    /// <summary>32 bytes as base64url take 43 characters, as hex 64; shorter than 32 is no secret of ours.</summary>
    internal const int MinLength = 32;
    internal const int MaxLength = 256;

    private static readonly SearchValues<byte> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="u8);

    private readonly byte[] _secret;

    private VmToken(byte[] secret) => _secret = secret;

    /// <summary>Reads the token's file: one line of hex or base64url.</summary>
    /// <exception cref="AgentStartException">It is absent, or holds something else.</exception>
    internal static VmToken Load(string path)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException($"The VM's token cannot be read from {path}: {error.Message}", error);
        }

        var trimmed = text.AsSpan().Trim(" \r\n\t"u8);
        return TryParse(trimmed)
            ?? throw new AgentStartException(
                $"The VM's token in {path} is not {MinLength} to {MaxLength} characters of hex or base64url ({trimmed.Length} found).");
    }

    internal static VmToken? TryParse(ReadOnlySpan<byte> text) =>
        text.Length is < MinLength or > MaxLength || text.ContainsAnyExcept(s_allowed) ? null : new VmToken(text.ToArray());

    /// <summary>Compares in a time that depends on the lengths alone.</summary>
    internal bool Matches(ReadOnlySpan<char> offered)
    {
        if (offered.Length > MaxLength)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[MaxLength * 3];
        var length = Encoding.UTF8.GetBytes(offered, bytes);
        return CryptographicOperations.FixedTimeEquals(bytes[..length], _secret);
    }
}

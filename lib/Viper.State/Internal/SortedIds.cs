using System.Security.Cryptography;

namespace Viper.State.Internal;

/// <summary>Makes ids: a prefix and a ULID (https://github.com/ulid/spec), rising within the process.</summary>
/// <remarks>Not thread-safe: the writer's lock guards it.</remarks>
internal sealed class SortedIds(TimeProvider time)
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 26;

    private UInt128 _last;

    internal string Next(string prefix)
    {
        Span<byte> random = stackalloc byte[10];
        RandomNumberGenerator.Fill(random);
        UInt128 next = (UInt128)(ulong)time.GetUtcNow().ToUnixTimeMilliseconds() << 80;
        foreach (byte b in random)
        {
            next = (next & ~(((UInt128)1 << 80) - 1)) | (((next << 8) | b) & (((UInt128)1 << 80) - 1));
        }

        // Within one millisecond, or after the clock went back, the last id is counted up instead.
        _last = next > _last ? next : _last + 1;
        return string.Create(prefix.Length + Length, (prefix, _last), static (chars, made) =>
        {
            made.prefix.CopyTo(chars);
            UInt128 value = made._last;
            for (int i = chars.Length - 1; i >= made.prefix.Length; i--, value >>= 5)
            {
                chars[i] = Alphabet[(int)(value & 31)];
            }
        });
    }
}

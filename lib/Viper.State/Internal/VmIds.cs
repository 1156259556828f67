using System.Security.Cryptography;

namespace Viper.State.Internal;

/// <summary>Makes VM ids: <c>vm_</c> and a ULID (https://github.com/ulid/spec), rising within the process.</summary>
/// <remarks>Not thread-safe: the writer's lock guards it.</remarks>
internal sealed class VmIds(TimeProvider time)
{
    private const string Prefix = "vm_";
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 26;

    private UInt128 _last;

    internal string Next()
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
        return string.Create(Prefix.Length + Length, _last, static (chars, value) =>
        {
            Prefix.CopyTo(chars);
            for (int i = chars.Length - 1; i >= Prefix.Length; i--, value >>= 5)
            {
                chars[i] = Alphabet[(int)(value & 31)];
            }
        });
    }
}

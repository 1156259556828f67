using System.Text;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Streaming;

/// <summary>Text to UTF-8. Half a surrogate pair, which a script's strings may hold, becomes U+FFFD.</summary>
internal sealed class Utf8Decoder : TextDecoder
{
    private char _high;

    internal override bool IsPlain => _high == 0;

    internal override void Add(ReadOnlySpan<byte> plain, PooledBuffer target)
    {
        if (!plain.IsEmpty)
        {
            End(target);
            target.Append(plain);
        }
    }

    internal override void AddEscaped(char unit, PooledBuffer target)
    {
        if (_high != 0 && char.IsLowSurrogate(unit))
        {
            Append(new Rune(_high, unit), target);
            _high = default;
            return;
        }

        End(target);
        if (char.IsHighSurrogate(unit))
        {
            _high = unit;
        }
        else
        {
            Append(Rune.TryCreate(unit, out var rune) ? rune : Rune.ReplacementChar, target);
        }
    }

    internal override void End(PooledBuffer target)
    {
        if (_high != 0)
        {
            _high = default;
            Append(Rune.ReplacementChar, target);
        }
    }

    private static void Append(Rune rune, PooledBuffer target)
    {
        Span<byte> utf8 = stackalloc byte[4];
        target.Append(utf8[..rune.EncodeToUtf8(utf8)]);
    }
}

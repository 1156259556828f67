using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Streaming;

/// <summary>Base64 to bytes.</summary>
internal sealed class Base64Decoder : TextDecoder
{
    private const int Group = 4;

    private readonly byte[] _begun = new byte[Group];
    private int _count;
    private bool _isPadded;

    internal override bool IsPlain => false;

    internal override void Add(ReadOnlySpan<byte> plain, PooledBuffer target)
    {
        if (_count > 0)
        {
            var missing = Math.Min(Group - _count, plain.Length);
            plain[..missing].CopyTo(_begun.AsSpan(_count));
            _count += missing;
            plain = plain[missing..];
            if (_count < Group)
            {
                return;
            }

            _count = 0;
            Decode(_begun, target);
        }

        var whole = plain.Length & ~(Group - 1);
        Decode(plain[..whole], target);
        plain[whole..].CopyTo(_begun);
        _count = plain.Length - whole;
    }

    internal override void AddEscaped(char unit, PooledBuffer target) => Add(unit < 0x80 ? [(byte)unit] : throw NotBase64(), target);

    internal override void End(PooledBuffer target)
    {
        if (_count > 0)
        {
            throw NotBase64();
        }
    }

    private void Decode(ReadOnlySpan<byte> groups, PooledBuffer target)
    {
        if (groups.IsEmpty)
        {
            return;
        }

        // What comes behind the padding would be a second text.
        if (_isPadded || Base64.DecodeFromUtf8(groups, target.GetSpan(groups.Length), out _, out var written) != OperationStatus.Done)
        {
            throw NotBase64();
        }

        _isPadded = groups[^1] == (byte)'=';
        target.Advance(written);
    }

    private static JsonException NotBase64() => new("The text is not base64.");
}

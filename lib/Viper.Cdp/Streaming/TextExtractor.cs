using System.Buffers.Text;
using System.Text.Json;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Streaming;

/// <summary>Parts one long string from a JSON message that comes in pieces; the message is left with an empty string in its place.</summary>
/// <remarks>It follows names and nesting as far as it must; whether the rest is JSON is seen by who reads the rest.</remarks>
internal sealed class TextExtractor
{
    private const int UnicodeLength = 4;

    private readonly CdpPayload _payload;
    private readonly TextDecoder _decoder;
    private readonly byte[] _unicode = new byte[UnicodeLength];
    private Place _place = Place.Structure;
    private int _depth;
    private int _matched;
    private bool _expectsName;
    private bool _isCandidate;
    private bool _nameFits;
    private int _nameLength;
    private bool _isEscaped;
    private int _unicodeLength = -1;

    internal TextExtractor(CdpPayload payload)
    {
        _payload = payload;
        _decoder = payload.IsBase64 ? new Base64Decoder() : new Utf8Decoder();
    }

    private enum Place
    {
        Structure,
        Name,
        String,
        Target,
    }

    // Within the object whose names are compared with the next one of the path.
    private bool IsAtLevel => _depth == _matched + 1;

    /// <summary>Takes a piece.</summary>
    /// <param name="piece">The next bytes of the message.</param>
    /// <param name="rest">Gets all but the inside of the string.</param>
    /// <param name="decoded">Gets the inside of the string, decoded.</param>
    /// <exception cref="JsonException">The string is not as it must be.</exception>
    internal void Add(ReadOnlySpan<byte> piece, PooledBuffer rest, PooledBuffer decoded)
    {
        while (!piece.IsEmpty)
        {
            var taken = _place switch
            {
                Place.Target => TakeTarget(piece, rest, decoded),
                Place.Structure => TakeStructure(piece[0], rest),
                _ => TakeString(piece, rest),
            };
            piece = piece[taken..];
        }
    }

    /// <summary>Takes what at the front of a piece is text that needs no decoding.</summary>
    /// <returns>How many bytes that are; none where the text is base64, has not begun, or something of it is pending.</returns>
    internal int TakePlain(ReadOnlySpan<byte> piece)
    {
        if (_place != Place.Target || _isEscaped || _unicodeLength >= 0 || !_decoder.IsPlain)
        {
            return 0;
        }

        var end = piece.IndexOfAny((byte)'"', (byte)'\\');
        return end < 0 ? piece.Length : end;
    }

    private int TakeStructure(byte octet, PooledBuffer rest)
    {
        rest.Append([octet]);
        switch (octet)
        {
            case (byte)'"':
                _place = IsAtLevel && _expectsName ? Place.Name
                    : IsAtLevel && _isCandidate && _matched == _payload.Path.Length - 1 ? Place.Target
                    : Place.String;
                _nameFits = true;
                _nameLength = 0;
                break;
            case (byte)'{':
                _matched += _depth > 0 && IsAtLevel && _isCandidate && _matched < _payload.Path.Length - 1 ? 1 : 0;
                _depth++;
                _expectsName = IsAtLevel;
                break;
            case (byte)'[':
                _depth++;
                _expectsName = false;
                break;
            case (byte)'}':
                _matched -= IsAtLevel && _matched > 0 ? 1 : 0;
                _depth--;
                _expectsName = false;
                break;
            case (byte)']':
                _depth--;
                break;
            case (byte)',':
                _expectsName = IsAtLevel;
                _isCandidate = false;
                break;
            default:
                break;
        }

        return 1;
    }

    /// <summary>Passes over a string, which may be a name that leads to the target.</summary>
    private int TakeString(ReadOnlySpan<byte> piece, PooledBuffer rest)
    {
        if (_isEscaped)
        {
            _isEscaped = false;
            rest.Append(piece[..1]);
            return 1;
        }

        var end = piece.IndexOfAny((byte)'"', (byte)'\\');
        var plain = end < 0 ? piece : piece[..end];
        if (_place == Place.Name)
        {
            var name = _payload.Path[_matched].AsSpan();
            _nameFits = _nameFits && name[Math.Min(_nameLength, name.Length)..].StartsWith(plain);
            _nameLength += plain.Length;
        }

        rest.Append(end < 0 ? piece : piece[..(end + 1)]);
        if (end < 0)
        {
            return piece.Length;
        }

        if (piece[end] == (byte)'\\')
        {
            _isEscaped = true;
            _nameFits = false;
        }
        else
        {
            if (_place == Place.Name)
            {
                _expectsName = false;
                _isCandidate = _nameFits && _nameLength == _payload.Path[_matched].Length;
            }

            _place = Place.Structure;
        }

        return end + 1;
    }

    private int TakeTarget(ReadOnlySpan<byte> piece, PooledBuffer rest, PooledBuffer decoded)
    {
        if (_unicodeLength >= 0)
        {
            return TakeUnicode(piece[0], decoded);
        }

        if (_isEscaped)
        {
            _isEscaped = false;
            TakeEscape(piece[0], decoded);
            return 1;
        }

        var end = piece.IndexOfAny((byte)'"', (byte)'\\');
        _decoder.Add(end < 0 ? piece : piece[..end], decoded);
        if (end < 0)
        {
            return piece.Length;
        }

        if (piece[end] == (byte)'\\')
        {
            _isEscaped = true;
        }
        else
        {
            _decoder.End(decoded);
            rest.Append("\""u8);
            _place = Place.Structure;
            _isCandidate = false;
        }

        return end + 1;
    }

    private void TakeEscape(byte octet, PooledBuffer decoded)
    {
        if (octet == (byte)'u')
        {
            _unicodeLength = 0;
            return;
        }

        _decoder.AddEscaped(
            octet switch
            {
                (byte)'"' or (byte)'\\' or (byte)'/' => (char)octet,
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                _ => throw new JsonException("A text has an escape that JSON does not know."),
            },
            decoded);
    }

    private int TakeUnicode(byte octet, PooledBuffer decoded)
    {
        _unicode[_unicodeLength++] = octet;
        if (_unicodeLength == UnicodeLength)
        {
            _unicodeLength = -1;
            if (!Utf8Parser.TryParse(_unicode, out ushort unit, out var consumed, 'x') || consumed != UnicodeLength)
            {
                throw new JsonException("A text has an escape that is no number.");
            }

            _decoder.AddEscaped((char)unit, decoded);
        }

        return 1;
    }
}

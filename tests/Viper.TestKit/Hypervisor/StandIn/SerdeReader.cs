using System.Text;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>Reads JSON and counts lines and columns as the VMM's own JSON library does.</summary>
/// <remarks>A column is the number of bytes of the line that were consumed, or would have been when the next byte is at fault.</remarks>
internal sealed class SerdeReader(ReadOnlyMemory<byte> text)
{
    private const int DepthLimit = 128;

    private int _at;
    private int _depth;

    public int Position => _at;

    public ReadOnlyMemory<byte> Since(int start) => text[start.._at];

    /// <summary>An error at the bytes consumed so far.</summary>
    public SerdeException Fail(string fault) => FailAt(fault, _at);

    /// <summary>An error at the byte that comes next.</summary>
    public SerdeException FailNext(string fault) => FailAt(fault, Math.Min(_at + 1, text.Length));

    /// <summary>The next byte that is no white space, not consumed; null at the end.</summary>
    public byte? Peek()
    {
        while (_at < text.Length && text.Span[_at] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r')
        {
            _at++;
        }

        return _at < text.Length ? text.Span[_at] : null;
    }

    public void Take() => _at++;

    public void Enter()
    {
        Take();
        if (++_depth >= DepthLimit)
        {
            throw Fail("recursion limit exceeded");
        }
    }

    public void Leave() => _depth--;

    /// <summary>Consumes the end of an object if it is next, as the library does also after a fault within.</summary>
    public void TakeEndIfNext()
    {
        if (Peek() == (byte)'}')
        {
            Take();
        }
    }

    /// <summary>Whether an object has one more key; reads the comma before it.</summary>
    public bool NextKey(bool isFirst, out string key)
    {
        key = "";
        byte next = Peek() ?? throw FailNext("EOF while parsing an object");
        if (next == (byte)'}')
        {
            return false;
        }

        if (!isFirst)
        {
            if (next != (byte)',')
            {
                throw FailNext("expected `,` or `}`");
            }

            Take();
            next = Peek() ?? throw FailNext("EOF while parsing a value");
        }

        if (next != (byte)'"')
        {
            throw FailNext(next == (byte)'}' ? "trailing comma" : "key must be a string");
        }

        key = ReadString();
        return true;
    }

    public void TakeColon()
    {
        byte next = Peek() ?? throw FailNext("EOF while parsing an object");
        if (next != (byte)':')
        {
            throw FailNext("expected `:`");
        }

        Take();
    }

    /// <summary>Whether a list has one more element; reads the comma before it, or the end.</summary>
    public bool NextElement(bool isFirst)
    {
        byte next = Peek() ?? throw FailNext("EOF while parsing a list");
        if (next == (byte)']')
        {
            return false;
        }

        if (isFirst)
        {
            return true;
        }

        if (next != (byte)',')
        {
            throw FailNext("expected `,` or `]`");
        }

        Take();
        next = Peek() ?? throw FailNext("EOF while parsing a value");
        return next == (byte)']' ? throw FailNext("trailing comma") : true;
    }

    /// <summary>The string that is next.</summary>
    public string ReadString()
    {
        Take();
        List<byte> bytes = [];
        while (true)
        {
            byte one = _at < text.Length ? text.Span[_at++] : throw FailNext("EOF while parsing a string");
            switch (one)
            {
                case (byte)'"':
                    return Decode(bytes);
                case (byte)'\\':
                    bytes.AddRange(ReadEscape());
                    break;
                case < 0x20:
                    throw Fail("control character (\\u0000-\\u001F) found while parsing a string");
                default:
                    bytes.Add(one);
                    break;
            }
        }
    }

    /// <summary>The word that is next, which must be the given one.</summary>
    public void ReadWord(string word)
    {
        foreach (char letter in word)
        {
            if (_at >= text.Length)
            {
                throw FailNext("EOF while parsing a value");
            }

            if (text.Span[_at++] != letter)
            {
                throw Fail("expected ident");
            }
        }
    }

    /// <summary>The number that is next, as it is spelled.</summary>
    public string ReadNumber()
    {
        int start = _at;
        TakeIf("-");
        int whole = TakeDigits();
        bool isZeroLed = whole > 1 && text.Span[_at - whole] == (byte)'0';
        if (whole == 0 || isZeroLed)
        {
            throw whole == 0 && _at >= text.Length ? FailNext("EOF while parsing a value") : FailNext("invalid number");
        }

        if (TakeIf(".") && TakeDigits() == 0)
        {
            throw FailNext("invalid number");
        }

        if (TakeIf("eE"))
        {
            TakeIf("+-");
            if (TakeDigits() == 0)
            {
                throw FailNext("invalid number");
            }
        }

        return Encoding.ASCII.GetString(text.Span[start.._at]);
    }

    /// <summary>Fails unless nothing but white space is left.</summary>
    public void End()
    {
        if (Peek() is not null)
        {
            throw FailNext("trailing characters");
        }
    }

    private string Decode(List<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
        }
        catch (ArgumentException)
        {
            throw Fail("invalid unicode code point");
        }
    }

    private byte[] ReadEscape()
    {
        byte one = _at < text.Length ? text.Span[_at++] : throw FailNext("EOF while parsing a string");
        return one switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' => [one],
            (byte)'b' => [8],
            (byte)'f' => [12],
            (byte)'n' => [10],
            (byte)'r' => [13],
            (byte)'t' => [9],
            (byte)'u' => Encoding.UTF8.GetBytes(ReadCodePoint()),
            _ => throw Fail("invalid escape"),
        };
    }

    private string ReadCodePoint()
    {
        char first = ReadHex();
        if (!char.IsSurrogate(first))
        {
            return first.ToString();
        }

        if (char.IsLowSurrogate(first) || _at + 1 >= text.Length || text.Span[_at] != (byte)'\\' || text.Span[_at + 1] != (byte)'u')
        {
            throw Fail("lone leading surrogate in hex escape");
        }

        _at += 2;
        char second = ReadHex();
        return char.IsLowSurrogate(second) ? new string([first, second]) : throw Fail("lone leading surrogate in hex escape");
    }

    private char ReadHex()
    {
        int value = 0;
        for (int i = 0; i < 4; i++)
        {
            byte one = _at < text.Length ? text.Span[_at++] : throw FailNext("EOF while parsing a string");
            value = char.IsAsciiHexDigit((char)one)
                ? (value << 4) | Convert.ToInt32(((char)one).ToString(), 16)
                : throw Fail("invalid escape");
        }

        return (char)value;
    }

    private bool TakeIf(string anyOf)
    {
        bool isIt = _at < text.Length && anyOf.Contains((char)text.Span[_at], StringComparison.Ordinal);
        _at += isIt ? 1 : 0;
        return isIt;
    }

    private int TakeDigits()
    {
        int start = _at;
        while (_at < text.Length && text.Span[_at] is >= (byte)'0' and <= (byte)'9')
        {
            _at++;
        }

        return _at - start;
    }

    private SerdeException FailAt(string fault, int position)
    {
        ReadOnlySpan<byte> before = text.Span[..Math.Min(position, text.Length)];
        int line = before.Count((byte)'\n') + 1;
        return new SerdeException(fault, line, before.Length - (before.LastIndexOf((byte)'\n') + 1));
    }
}

using System.Buffers;

namespace Viper.Daemon.Relay;

/// <summary>Reads a command as it comes, piece by piece, for the <c>method</c> of its outermost object, wherever that stands and however it is spelled.</summary>
/// <remarks>
/// What is inside of other members is only followed to its end. What Chrome's reader takes beyond JSON (comments, further blanks,
/// further escapes) is not followed but reported, lest two readers see two commands. Not thread-safe.
/// </remarks>
internal sealed class CommandScan(ICommandPolicy policy)
{
    // Longer than every guarded method; what is longer is none.
    private const int MaxText = 48;

    private static readonly SearchValues<byte> s_inString = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> s_structure = SearchValues.Create("\"{}[]/"u8);

    private readonly byte[] _text = new byte[MaxText];
    private Step _step;
    private Member _member;
    private int _length;
    private int _depth;
    private int _escape;
    private int _code;
    private bool _hasEscape;
    private bool _isCaught;
    private bool _isKey;
    private bool _isNamed;

    /// <summary>What is known so far.</summary>
    internal ScanState State { get; private set; }

    /// <summary>Whether the method has been read, guarded or not.</summary>
    internal bool HasMethod { get; private set; }

    /// <summary>Whether a method is one that the policy judges.</summary>
    internal bool IsGuarded { get; private set; }

    /// <summary>The command's number, where it has been read and is a whole number of few digits.</summary>
    internal long? Id { get; private set; }

    /// <summary>Whether nothing but blanks has come.</summary>
    internal bool IsBlank => _step == Step.Start;

    /// <summary>Begins with another message.</summary>
    internal void Reset()
    {
        State = ScanState.Open;
        HasMethod = false;
        IsGuarded = false;
        Id = null;
        _isNamed = false;
        _step = Step.Start;
        _depth = 0;
    }

    /// <summary>Takes the next bytes of the message, unmasked.</summary>
    internal void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && State is ScanState.Open or ScanState.Whole)
        {
            int taken = _step switch
            {
                Step.Text => TakeText(bytes),
                Step.Skip => SkipText(bytes),
                Step.Inside => TakeInside(bytes),
                _ => TakeOne(bytes[0]),
            };
            bytes = bytes[taken..];
        }
    }

    // A string that is compared with others: the name of a member, or the method.
    private int TakeText(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            byte next = bytes[at++];
            if (_hasEscape)
            {
                TakeEscaped(next);
            }
            else if (next == '"')
            {
                EndText();
                return at;
            }
            else if (next == '\\')
            {
                _hasEscape = true;
                _escape = 0;
            }
            else if (next < ' ')
            {
                State = ScanState.Unreadable;
            }
            else
            {
                Catch(next);
            }

            if (State == ScanState.Unreadable)
            {
                return at;
            }
        }

        return at;
    }

    private void TakeEscaped(byte next)
    {
        if (_escape == 0)
        {
            switch (next)
            {
                case (byte)'u':
                    (_escape, _code) = (4, 0);
                    return;
                case (byte)'"' or (byte)'\\' or (byte)'/':
                    Catch(next);
                    break;
                case (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                    // A control character, which is in no text that is looked for.
                    Catch(0);
                    break;
                default:
                    State = ScanState.Unreadable;
                    break;
            }

            _hasEscape = false;
            return;
        }

        int digit = HexDigit(next);
        if (digit < 0)
        {
            State = ScanState.Unreadable;
            return;
        }

        _code = (_code << 4) | digit;
        if (--_escape == 0)
        {
            Catch(_code < 0x80 ? (byte)_code : byte.MaxValue);
            _hasEscape = false;
        }
    }

    private void Catch(byte next)
    {
        if (_length < MaxText)
        {
            _text[_length] = next;
        }

        _length = Math.Min(_length + 1, MaxText + 1);
    }

    private void EndText()
    {
        ReadOnlySpan<byte> text = _length <= MaxText ? _text.AsSpan(0, _length) : default;
        if (_isKey)
        {
            _member = text.SequenceEqual("method"u8) ? Member.Method : text.SequenceEqual("id"u8) ? Member.Id : Member.Other;
            _step = Step.Colon;
            if (_member == Member.Method)
            {
                // Another one is nothing that an honest client sends, and which of them counts would be a guess.
                State = _isNamed ? ScanState.Unreadable : State;
                _isNamed = true;
            }
        }
        else
        {
            IsGuarded |= policy.Guards(text);
            HasMethod = true;
            _step = Step.Comma;
        }
    }

    private int SkipText(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        if (_hasEscape)
        {
            _hasEscape = false;
            at = 1;
        }

        while (at < bytes.Length)
        {
            int found = bytes[at..].IndexOfAny(s_inString);
            if (found < 0)
            {
                return bytes.Length;
            }

            at += found + 1;
            if (bytes[at - 1] == '"')
            {
                _step = _depth == 1 ? Step.Comma : Step.Inside;
                return at;
            }

            if (at == bytes.Length)
            {
                _hasEscape = true;
                return at;
            }

            at++;
        }

        return at;
    }

    private int TakeInside(ReadOnlySpan<byte> bytes)
    {
        int found = bytes.IndexOfAny(s_structure);
        if (found < 0)
        {
            return bytes.Length;
        }

        switch (bytes[found])
        {
            case (byte)'"':
                BeginText(Step.Skip);
                break;
            case (byte)'{' or (byte)'[':
                _depth++;
                break;
            case (byte)'/':
                State = ScanState.Unreadable;
                break;
            default:
                _step = --_depth == 1 ? Step.Comma : Step.Inside;
                break;
        }

        return found + 1;
    }

    // A byte of the outermost object itself.
    private int TakeOne(byte next)
    {
        if (next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' && _step != Step.Literal)
        {
            return 1;
        }

        switch (_step, next)
        {
            case (Step.Start, (byte)'{'):
                (_step, _depth) = (Step.FirstKey, 1);
                return 1;
            case (Step.Start, > (byte)' ' and < 0x80 and not (byte)'/'):
                State = ScanState.NoCommand;
                return 1;
            case (Step.FirstKey or Step.Key, (byte)'"'):
                BeginText(Step.Text);
                _isKey = true;
                return 1;
            case (Step.FirstKey or Step.Comma, (byte)'}'):
                (_step, _depth, State) = (Step.End, 0, ScanState.Whole);
                return 1;
            case (Step.Comma, (byte)','):
                _step = Step.Key;
                return 1;
            case (Step.Colon, (byte)':'):
                _step = Step.Value;
                return 1;
            case (Step.Value, (byte)'"'):
                BeginText(_member == Member.Method ? Step.Text : Step.Skip);
                _isKey = false;
                return 1;
            case (Step.Value, (byte)'{' or (byte)'['):
                (_step, _depth) = (Step.Inside, 2);
                HasMethod |= _member == Member.Method;
                return 1;
            case (Step.Value, _) when IsLiteral(next):
                _step = Step.Literal;
                HasMethod |= _member == Member.Method;
                BeginId(next);
                return 1;
            case (Step.Literal, _):
                return TakeLiteral(next);
            default:
                State = ScanState.Unreadable;
                return 1;
        }
    }

    private int TakeLiteral(byte next)
    {
        if (IsLiteral(next))
        {
            TakeId(next);
            return 1;
        }

        // It ends before this byte.
        Id = _isCaught ? _code : Id;
        _step = Step.Comma;
        return 0;
    }

    private void BeginId(byte first)
    {
        (_isCaught, _code, _length) = (_member == Member.Id, 0, 0);
        TakeId(first);
    }

    private void TakeId(byte next)
    {
        // Nine digits fit.
        _isCaught &= next is >= (byte)'0' and <= (byte)'9' && ++_length <= 9;
        _code = _isCaught ? (_code * 10) + next - '0' : 0;
    }

    private void BeginText(Step step) => (_step, _length, _hasEscape) = (step, 0, false);

    private static bool IsLiteral(byte next) => next is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'z') or (byte)'E' or (byte)'-' or (byte)'+' or (byte)'.';

    private static int HexDigit(byte next) => next switch
    {
        >= (byte)'0' and <= (byte)'9' => next - '0',
        >= (byte)'a' and <= (byte)'f' => next - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => next - 'A' + 10,
        _ => -1,
    };

    private enum Step
    {
        Start,
        FirstKey,
        Key,
        Text,
        Colon,
        Value,
        Skip,
        Literal,
        Inside,
        Comma,
        End,
    }

    private enum Member
    {
        Other,
        Method,
        Id,
    }
}

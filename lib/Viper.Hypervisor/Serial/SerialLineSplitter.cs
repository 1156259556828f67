using System.Numerics;
using System.Text;

namespace Viper.Hypervisor.Serial;

/// <summary>Cuts a stream of bytes into lines of bounded length.</summary>
/// <remarks>Not thread-safe; never holds more than one line.</remarks>
internal sealed class SerialLineSplitter
{
    /// <summary>The longest line, in bytes; a longer one comes in parts.</summary>
    public const int LineLimit = 64 * 1024;

    // Of the lines that guests print, few are longer; the memory for one that is goes with it.
    private const int KeptSize = 256;

    private byte[] _partial = [];
    private int _length;

    /// <summary>Takes the next bytes and hands over every line that they complete.</summary>
    public void Push(ReadOnlySpan<byte> bytes, Action<string, bool> line)
    {
        while (!bytes.IsEmpty)
        {
            int room = LineLimit - _length;
            int end = bytes.IndexOf((byte)'\n');
            if (end >= 0 && end <= room)
            {
                Append(bytes[..end]);
                bytes = bytes[(end + 1)..];
                Emit(continues: false, line);
                continue;
            }

            int take = Math.Min(room, bytes.Length);
            Append(bytes[..take]);
            bytes = bytes[take..];
            if (_length == LineLimit && !bytes.IsEmpty)
            {
                Emit(continues: true, line);
            }
        }
    }

    /// <summary>Hands over what stands after the last line end.</summary>
    public void Finish(Action<string, bool> line)
    {
        if (_length > 0)
        {
            Emit(continues: true, line);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_partial.Length < _length + bytes.Length)
        {
            Array.Resize(ref _partial, Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)(_length + bytes.Length)), KeptSize, LineLimit));
        }

        bytes.CopyTo(_partial.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Emit(bool continues, Action<string, bool> line)
    {
        ReadOnlySpan<byte> text = _partial.AsSpan(0, _length);

        // A terminal line ends with CR LF, often with more than one CR.
        if (!continues)
        {
            text = text.TrimEnd((byte)'\r');
        }

        string decoded = Encoding.UTF8.GetString(text);
        _length = 0;
        if (_partial.Length > KeptSize)
        {
            _partial = [];
        }

        line(decoded, continues);
    }
}

using System.Text;

namespace Viper.Client;

/// <summary>Takes a <c>text/event-stream</c> apart as its bytes come, wherever they are cut (HTML Standard §9.2.6).</summary>
/// <remarks>Lines end with LF, CR LF or CR. Not thread-safe.</remarks>
public sealed class ServerSentEventReader
{
    /// <summary>The most bytes of one event, lines and all.</summary>
    public const int MaxEventBytes = 16 * 1024 * 1024;

    private readonly List<byte> _line = [];
    private readonly StringBuilder _data = new();
    private string _type = "";
    private string _pendingId = "";
    private bool _hasData;
    private bool _skipLineFeed;
    private bool _isFirstLine = true;

    /// <summary>The last event id that the stream gave; empty where none was.</summary>
    public string LastEventId { get; private set; } = "";

    /// <summary>The reconnection time that the stream asked for; null where it did not.</summary>
    public TimeSpan? Retry { get; private set; }

    /// <summary>Takes the next bytes and adds the events that are whole with them to <paramref name="events"/>.</summary>
    /// <exception cref="InvalidDataException">An event is larger than <see cref="MaxEventBytes"/>.</exception>
    public void Append(ReadOnlySpan<byte> bytes, ICollection<ServerSentEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        while (bytes.Length > 0)
        {
            if (_skipLineFeed && bytes[0] == (byte)'\n')
            {
                bytes = bytes[1..];
            }

            _skipLineFeed = false;
            int end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            Extend(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
            {
                return;
            }

            _skipLineFeed = bytes[end] == (byte)'\r';
            bytes = bytes[(end + 1)..];
            EndLine(events);
        }
    }

    private void Extend(ReadOnlySpan<byte> bytes)
    {
        if (_line.Count + _data.Length + bytes.Length > MaxEventBytes)
        {
            throw new InvalidDataException($"An event of the stream is larger than {MaxEventBytes} bytes.");
        }

        _line.AddRange(bytes);
    }

    private void EndLine(ICollection<ServerSentEvent> events)
    {
        string line = Encoding.UTF8.GetString([.. _line]);
        _line.Clear();
        if (_isFirstLine)
        {
            _isFirstLine = false;
            line = line.TrimStart('\uFEFF');
        }

        if (line.Length == 0)
        {
            Dispatch(events);
            return;
        }

        int colon = line.IndexOf(':');
        string field = colon < 0 ? line : line[..colon];
        string value = colon < 0 ? "" : line[(colon + 1)..];
        Take(field, value.StartsWith(' ') ? value[1..] : value);
    }

    private void Take(string field, string value)
    {
        switch (field)
        {
            case "event":
                _type = value;
                break;
            case "data":
                _data.Append(value).Append('\n');
                _hasData = true;
                break;
            case "id" when !value.Contains('\0'):
                _pendingId = value;
                break;
            case "retry" when value.Length is > 0 and < 10 && value.All(char.IsAsciiDigit):
                Retry = TimeSpan.FromMilliseconds(int.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            default:
                // Comments (an empty field name) and fields of later standards.
                break;
        }
    }

    private void Dispatch(ICollection<ServerSentEvent> events)
    {
        LastEventId = _pendingId;
        if (_hasData)
        {
            events.Add(new ServerSentEvent(LastEventId, _type.Length == 0 ? "message" : _type, _data.ToString(0, _data.Length - 1)));
        }

        _type = "";
        _data.Clear();
        _hasData = false;
    }
}

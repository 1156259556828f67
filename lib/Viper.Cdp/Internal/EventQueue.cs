using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Viper.Cdp.Internal;

/// <summary>Events that wait to be read, up to a number.</summary>
internal sealed class EventQueue<T> : EventSink
{
    private readonly int _capacity;
    private readonly Func<CdpEventView, T> _read;
    private readonly Channel<T> _events;

    internal EventQueue(ReadOnlySpan<byte> method, string? sessionId, int capacity, Func<CdpEventView, T> read)
        : base(method, sessionId)
    {
        _capacity = capacity;
        _read = read;
        _events = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = false });
    }

    internal ChannelReader<T> Reader => _events.Reader;

    internal void End() => _events.Writer.TryComplete();

    internal override void Publish(CdpEventView next)
    {
        T item;
        try
        {
            item = _read(next);
        }
        catch (JsonException error)
        {
            Fail(new CdpProtocolException(Encoding.UTF8.GetString(Method), 0, $"the event is not of the protocol's form: {error.Message}", null));
            return;
        }

        if (!_events.Writer.TryWrite(item))
        {
            Fail(new CdpOverflowException(Encoding.UTF8.GetString(Method), _capacity));
        }
    }

    internal override void Fail(CdpException reason) => _events.Writer.TryComplete(reason);
}

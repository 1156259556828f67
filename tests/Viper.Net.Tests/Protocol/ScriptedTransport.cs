using Viper.Net.Protocol;

namespace Viper.Net.Tests.Protocol;

/// <summary>A kernel that says what the test wrote down: each request takes the next list of datagrams.</summary>
internal sealed class ScriptedTransport : INetlinkTransport
{
    private readonly Queue<Func<uint, byte[][]>> _script = new();
    private readonly Queue<byte[]> _waiting = new();

    internal List<byte[]> Sent { get; } = [];

    internal int Grown { get; private set; }

    /// <summary>What the next request is answered with; the number is that of the request. An empty datagram means ENOBUFS.</summary>
    internal ScriptedTransport Answer(Func<uint, byte[][]> datagrams)
    {
        _script.Enqueue(datagrams);
        return this;
    }

    public void Send(ReadOnlySpan<byte> datagram)
    {
        Sent.Add(datagram.ToArray());
        uint sequence = BitConverter.ToUInt32(datagram[8..]);
        if (_script.TryDequeue(out Func<uint, byte[][]>? answer))
        {
            foreach (byte[] part in answer(sequence))
            {
                _waiting.Enqueue(part);
            }
        }
    }

    public ReadOnlySpan<byte> Receive(bool wait)
    {
        if (!_waiting.TryDequeue(out byte[]? datagram))
        {
            return wait ? throw new NetlinkException("receive from netlink", null, Interop.ErrnoConstants.ETIMEDOUT) : default;
        }

        return datagram.Length == 0
            ? throw new NetlinkException("receive from netlink", null, Interop.ErrnoConstants.ENOBUFS)
            : datagram;
    }

    public void GrowReceiveBuffer() => Grown++;

    public void Dispose()
    {
    }
}

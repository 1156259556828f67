using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Viper.Net.Internal;
using Viper.Net.Interop;
using Viper.Net.Protocol;
using Viper.Net.Protocol.Nft;

namespace Viper.Net.Firewall;

/// <summary>Receives the packets that rules log to a group (see <see cref="NftLog"/>).</summary>
/// <remarks>
/// A group has one listener. It belongs for life to the network namespace of the thread that made it, and sees that
/// namespace's packets only; its stream can be read anywhere, by one reader at a time. Put a <see cref="NftLimit"/>
/// before the log: whoever is logged decides how much there is to read.
/// </remarks>
public sealed class PacketLog : IDisposable
{
    private const int RequestBuffer = 256;
    private const string Operation = "listen to the packets of log group";

    private readonly NetlinkSocket _socket;
    private readonly ushort _group;
    private readonly NotificationReader _reader;
    private readonly Queue<LoggedPacket> _packets = new();
    private bool _lost;
    private int _isRead;
    private int _isClosed;

    /// <summary>Begins to listen.</summary>
    /// <param name="group">The group.</param>
    /// <param name="copiedBytes">How much of each packet is copied, from its network header on.</param>
    /// <exception cref="NetlinkException">The kernel refused; EPERM: the group has a listener already, or the right is missing.</exception>
    public PacketLog(ushort group, int copiedBytes = 128)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(copiedBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(copiedBytes, ushort.MaxValue);
        NetlinkSocket socket = new(NetlinkConstants.NETLINK_NETFILTER, isAwaitable: true);
        try
        {
            // The channel borrows the socket for this one request; disposing of it would close the socket.
            Span<byte> buffer = stackalloc byte[RequestBuffer];
            MessageWriter writer = new(buffer);
            WriteBind(ref writer, group, copiedBytes);
            string target = group.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (new NetlinkChannel(socket).Request(buffer[..writer.Length], Operation, target, expected: ErrnoConstants.EPERM) != 0)
            {
                throw new NetlinkException(Operation, target, ErrnoConstants.EPERM, "the group has a listener already, or the right to listen is missing");
            }

            _socket = socket;
            _group = group;
            _reader = new NotificationReader(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal SafeHandle Socket => _socket.Awaitable;

    /// <summary>The packets, as they are logged, until cancelled.</summary>
    /// <exception cref="InvalidOperationException">Somebody else reads the stream.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async IAsyncEnumerable<LoggedPacket> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isRead, 1) != 0)
        {
            throw new InvalidOperationException("The stream of a packet log has one reader at a time.");
        }

        try
        {
            while (true)
            {
                while (_packets.TryDequeue(out LoggedPacket? next))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return next;
                }

                if (await _reader.WaitAsync(cancellationToken).ConfigureAwait(false))
                {
                    ReadDatagram();
                }
                else
                {
                    _lost = true;
                }
            }
        }
        finally
        {
            Volatile.Write(ref _isRead, 0);
        }
    }

    /// <summary>Ends listening; the group is free at once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return;
        }

        try
        {
            // Closing alone is not enough: a program that is being spawned holds copies of all descriptors until it runs.
            Span<byte> buffer = stackalloc byte[RequestBuffer];
            MessageWriter writer = new(buffer);
            BeginConfig(ref writer, _group, NetlinkConstants.NLM_F_REQUEST, LogConstants.NFULNL_CFG_CMD_UNBIND);
            writer.EndMessage();
            _socket.Send(buffer[..writer.Length]);
        }
        catch (NetlinkException)
        {
            // The close that follows does it too, if a moment later.
        }

        _reader.Dispose();
    }

    /// <summary><c>NFULNL_MSG_CONFIG = nfgenmsg (the group in res_id), NFULA_CFG_CMD, NFULA_CFG_MODE, NFULA_CFG_QTHRESH</c>.</summary>
    private static void WriteBind(ref MessageWriter writer, ushort group, int copiedBytes)
    {
        BeginConfig(ref writer, group, NetlinkConstants.NLM_F_REQUEST | NetlinkConstants.NLM_F_ACK, LogConstants.NFULNL_CFG_CMD_BIND);
        writer.AttributeStructure(LogConstants.NFULA_CFG_MODE, new nfulnl_msg_config_mode
        {
            copy_range = BinaryPrimitives.ReverseEndianness((uint)copiedBytes),
            copy_mode = LogConstants.NFULNL_COPY_PACKET,
        });
        // Tell each packet at once; the kernel would otherwise gather them for up to a second.
        writer.AttributeUInt32BigEndian(LogConstants.NFULA_CFG_QTHRESH, 1);
        writer.EndMessage();
    }

    private static void BeginConfig(ref MessageWriter writer, ushort group, ushort flags, byte command)
    {
        nfgenmsg header = new() { version = NftMessageConstants.NFNETLINK_V0, res_id = BinaryPrimitives.ReverseEndianness(group) };
        writer.BeginMessage((LogConstants.NFNL_SUBSYS_ULOG << 8) | LogConstants.NFULNL_MSG_CONFIG, flags, 0, header);
        writer.AttributeByte(LogConstants.NFULA_CFG_CMD, command);
    }

    private void ReadDatagram()
    {
        MessageReader messages = new(_reader.Read(out bool lost));
        _lost |= lost;
        while (messages.MoveNext())
        {
            if (LogParser.Parse(messages.Header.nlmsg_type, messages.Payload) is { } packet)
            {
                _packets.Enqueue(_lost ? packet with { IsAfterLoss = true } : packet);
                _lost = false;
            }
        }
    }
}

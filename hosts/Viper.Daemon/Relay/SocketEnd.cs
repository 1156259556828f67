using System.Buffers.Binary;
using System.Text;
using Viper.Contracts;
using Viper.Orchestration;

namespace Viper.Daemon.Relay;

/// <summary>How a relayed WebSocket ends when it is not one of its two ends that ends it.</summary>
/// <param name="Code">The close code.</param>
/// <param name="Reason">The close reason, at most 123 bytes.</param>
internal sealed record SocketEnd(ushort Code, string Reason)
{
    internal static readonly SocketEnd Stopping = new(1001, "vm_stopping");
    internal static readonly SocketEnd ShuttingDown = new(1001, "shutting_down");
    internal static readonly SocketEnd BrowserClose = new(1000, "browser_close");
    internal static readonly SocketEnd ProtocolError = new(1002, "protocol_error");
    internal static readonly SocketEnd UnreadableCommand = new(1008, "unreadable_command");
    internal static readonly SocketEnd AgentError = new(1011, "agent_error");
    internal static readonly SocketEnd IdleTimeout = new(4001, EndCodes.IdleTimeout);
    internal static readonly SocketEnd MaxLifetime = new(4002, EndCodes.MaxLifetime);
    internal static readonly SocketEnd TicketRevoked = new(4003, "ticket_revoked");
    internal static readonly SocketEnd Deleted = new(4004, "vm_deleted");
    internal static readonly SocketEnd Crashed = new(4008, "vm_crashed");

    /// <summary>What the VM's state says about why its agent is gone.</summary>
    internal static SocketEnd Of(IVmEngine engine, string name, string id)
    {
        try
        {
            Vm vm = engine.Get(name);
            return vm.Id != id ? Deleted : vm.Status switch
            {
                VmStatus.Deleting => Deleted,
                VmStatus.Crashed => Crashed,
                VmStatus.Running or VmStatus.Paused => AgentError,
                _ => vm.StatusCode switch
                {
                    EndCodes.IdleTimeout => IdleTimeout,
                    EndCodes.MaxLifetime => MaxLifetime,
                    _ => Stopping,
                },
            };
        }
        catch (EngineException)
        {
            return Deleted;
        }
    }

    /// <summary>The close frame as a server sends it, unmasked (RFC 6455 §5.5.1).</summary>
    internal byte[] ToFrame()
    {
        int length = 2 + Encoding.UTF8.GetByteCount(Reason);
        byte[] frame = new byte[2 + length];
        frame[0] = 0x88;
        frame[1] = (byte)length;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), Code);
        Encoding.UTF8.GetBytes(Reason, frame.AsSpan(4));
        return frame;
    }
}

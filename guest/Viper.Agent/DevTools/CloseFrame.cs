using System.Buffers.Binary;
using System.Text;

namespace Viper.Agent.DevTools;

/// <summary>The close frames that the agent sends by itself, as a server does: unmasked (RFC 6455, 5.5.1).</summary>
internal sealed class CloseFrame
{
    internal static readonly CloseFrame TargetClosed = new(1000, "target_closed");
    internal static readonly CloseFrame VmStopping = new(1001, "vm_stopping");
    internal static readonly CloseFrame BrowserRestarted = new(4010, "browser_restarted");

    private CloseFrame(ushort code, string reason)
    {
        var bytes = new byte[4 + reason.Length];
        bytes[0] = 0x88;
        bytes[1] = (byte)(2 + reason.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), code);
        Encoding.ASCII.GetBytes(reason, bytes.AsSpan(4));
        Bytes = bytes;
    }

    internal ReadOnlyMemory<byte> Bytes { get; }
}

using System.Net.Sockets;
using Viper.Hypervisor;
using Viper.TestKit.Hypervisor;

namespace Viper.TestKit.Engine;

/// <summary>A serial port with both of its ends in this program.</summary>
internal sealed record ScriptedSerial(SerialConsole Console, NetworkStream Guest)
{
    internal static ScriptedSerial Make()
    {
        using ShortFolder folder = new();
        UnixDomainSocketEndPoint address = new(folder["serial"]);
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen();
        Socket host = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        host.Connect(address);
        return new ScriptedSerial(
            SerialConsole.Open(new NetworkStream(host, ownsSocket: true), null), new NetworkStream(listener.Accept(), ownsSocket: true));
    }
}

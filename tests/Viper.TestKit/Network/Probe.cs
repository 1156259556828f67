using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Viper.TestKit.Network;

/// <summary>Small conversations between namespaces, over real sockets.</summary>
public static class Probe
{
    /// <summary>How long an answer that should come may take.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>How long silence must last to count as silence; local delivery takes microseconds.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(700);

    /// <summary>A TCP service that greets whoever connects; it ends with the socket.</summary>
    public static Socket Serve(NetNsFixture where, IPAddress address, int port)
    {
        Socket listener = where.Run(() =>
        {
            Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return socket;
        });
        _ = GreetAsync(listener);
        return listener;
    }

    /// <summary>A UDP service that sends back what it gets, with the sender's address as it saw it.</summary>
    public static Socket Echo(NetNsFixture where, IPAddress address, int port)
    {
        Socket service = where.Run(() =>
        {
            Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        });
        _ = EchoAsync(service);
        return service;
    }

    /// <summary>Connects by TCP; what the other side saw as our address, or null when nothing answers.</summary>
    public static Task<string?> TcpAsync(NetNsFixture from, IPAddress to, int port, bool expected) => AskAsync(from, to, port, expected, SocketType.Stream);

    /// <summary>Asks by UDP; what the other side saw as our address, or null when nothing answers.</summary>
    public static Task<string?> UdpAsync(NetNsFixture from, IPAddress to, int port, bool expected) => AskAsync(from, to, port, expected, SocketType.Dgram);

    private static async Task<string?> AskAsync(NetNsFixture from, IPAddress to, int port, bool expected, SocketType type)
    {
        ProtocolType protocol = type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp;
        using Socket socket = from.Run(() => new Socket(to.AddressFamily, type, protocol));
        using CancellationTokenSource deadline = new(expected ? s_patience : s_silence);
        byte[] buffer = new byte[256];
        try
        {
            await socket.ConnectAsync(new IPEndPoint(to, port), deadline.Token);
            await socket.SendAsync("?"u8.ToArray(), deadline.Token);
            int length = await socket.ReceiveAsync(buffer, deadline.Token);
            return Encoding.ASCII.GetString(buffer, 0, length);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            return null;
        }
    }

    private static async Task GreetAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                using Socket client = await listener.AcceptAsync();
                await client.SendAsync(Encoding.ASCII.GetBytes(((IPEndPoint)client.RemoteEndPoint!).Address.ToString()));
                client.Shutdown(SocketShutdown.Send);
                // Closing with unread data would reset the connection and take the greeting with it.
                await client.ReceiveAsync(new byte[1]);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task EchoAsync(Socket service)
    {
        byte[] buffer = new byte[256];
        try
        {
            while (true)
            {
                SocketReceiveFromResult got = await service.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                byte[] answer = Encoding.ASCII.GetBytes(((IPEndPoint)got.RemoteEndPoint).Address.ToString());
                await service.SendToAsync(answer, got.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}

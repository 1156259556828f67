using System.Net.Sockets;
using System.Text;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>As <see cref="ScriptedApi"/>, for one exchange a connection: it closes after each answer, or hangs instead.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<Socket> _hung = [];

    public ScriptedServer(string path, Func<string, string?> answer, bool hang = false)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(16);
        _ = ServeAsync(answer, hang);
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_hung)
        {
            _hung.ForEach(socket => socket.Dispose());
        }
    }

    private async Task ServeAsync(Func<string, string?> answer, bool hang)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptAsync();
                if (hang)
                {
                    lock (_hung)
                    {
                        _hung.Add(socket);
                    }

                    continue;
                }

                using (socket)
                {
                    int count = await socket.ReceiveAsync(buffer);
                    if (answer(Encoding.UTF8.GetString(buffer, 0, count)) is { Length: > 0 } text)
                    {
                        await socket.SendAsync(Encoding.UTF8.GetBytes(text));
                    }
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }
}

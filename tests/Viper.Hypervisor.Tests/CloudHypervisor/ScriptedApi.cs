using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>A unix socket that answers each request with the bytes that a test gives; null closes the connection.</summary>
internal sealed class ScriptedApi : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentBag<Socket> _open = [];
    private readonly Func<string, byte[]?> _answer;

    public ScriptedApi(string path, Func<string, string?> answer)
        : this(path, request => answer(request) is { } text ? Encoding.UTF8.GetBytes(text) : null)
    {
    }

    public ScriptedApi(string path, Func<string, byte[]?> answer)
    {
        _answer = answer;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(16);
        _ = AcceptAsync();
    }

    /// <summary>The requests, byte for byte.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>How many connections have been made.</summary>
    public int Connections => _open.Count;

    /// <summary>What a server of this kind sends with a body, or without one.</summary>
    public static string Response(int status, string? body = null) => body is null
        ? $"HTTP/1.1 {status} \r\nServer: Cloud Hypervisor API\r\nConnection: keep-alive\r\n\r\n"
        : $"HTTP/1.1 {status} \r\nServer: Cloud Hypervisor API\r\nConnection: keep-alive\r\nContent-Type: application/json\r\n" +
          $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public void Dispose()
    {
        _listener.Dispose();
        foreach (Socket socket in _open)
        {
            socket.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptAsync();
                _open.Add(socket);

                // Apart from this loop, since an answer may wait for a test.
                _ = Task.Run(() => ServeAsync(socket));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        byte[] buffer = new byte[128 * 1024];
        int length = 0;
        try
        {
            while (true)
            {
                int count = await socket.ReceiveAsync(buffer.AsMemory(length));
                length += count;
                if (count == 0)
                {
                    return;
                }

                string text = Encoding.UTF8.GetString(buffer, 0, length);
                if (!IsWhole(text))
                {
                    continue;
                }

                length = 0;
                Requests.Enqueue(text);
                if (_answer(text) is not { } answer)
                {
                    socket.Dispose();
                    return;
                }

                await socket.SendAsync(answer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client went away, or this was disposed of.
        }
    }

    private static bool IsWhole(string text)
    {
        const string Name = "Content-Length: ";
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        int at = text.IndexOf(Name, StringComparison.Ordinal);
        int body = end < 0 || at < 0 ? 0 : int.Parse(text.AsSpan(at + Name.Length, text.IndexOf('\r', at) - at - Name.Length), null);
        return end >= 0 && Encoding.UTF8.GetByteCount(text) >= end + 4 + body;
    }
}

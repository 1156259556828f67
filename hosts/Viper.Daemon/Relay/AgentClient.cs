using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Viper.Orchestration;

namespace Viper.Daemon.Relay;

/// <summary>The HTTP client to every agent: no cookies, no redirects, no proxy, nothing that is not in the request.</summary>
/// <remarks>
/// Addresses are leased again, so a connection is kept for one run of one VM: one that was open to the VM that had the
/// address before is never taken for the next.
/// </remarks>
internal sealed class AgentClient : IDisposable
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(30);
    private static readonly HttpRequestOptionsKey<IPEndPoint> s_endPoint = new("viper.endpoint");

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = ConnectAsync,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        MaxResponseDrainSize = 64 * 1024,
        MaxResponseHeadersLength = 64,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>A request to the agent of this run; the caller adds headers and body.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="method">The method.</param>
    /// <param name="target">Path and query, sent as they are.</param>
    internal static HttpRequestMessage Request(AgentAddress agent, HttpMethod method, string target)
    {
        Uri uri = new($"http://{RunName(agent)}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        HttpRequestMessage request = new(method, uri);
        request.Headers.Host = agent.EndPoint.ToString();
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + agent.Token);
        request.Options.Set(s_endPoint, agent.EndPoint);
        return request;
    }

    /// <summary>Sends a request of <see cref="Request"/>; returns when the response's head is there.</summary>
    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invoker.SendAsync(request, cancellationToken);

    public void Dispose() => _invoker.Dispose();

    /// <summary>The name under which the connections of a run are kept; it tells nothing of the token, which every run has anew.</summary>
    private static string RunName(AgentAddress agent) =>
        "run-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{agent.EndPoint} {agent.Token}")).AsSpan(0, 16));

    /// <summary>Makes the kernel break a connection to a VM that no longer answers on any level, however long its agent may work on an answer.</summary>
    private static void NoticeSilence(Socket socket)
    {
        // TCP_USER_TIMEOUT (netinet/tcp.h), in milliseconds: for what was sent and, with keepalive probes, for silence (tcp(7)).
        const int UserTimeout = 18;
        Span<byte> milliseconds = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(milliseconds, (int)s_silence.TotalMilliseconds);
        socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, UserTimeout, milliseconds);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        context.InitialRequestMessage.Options.TryGetValue(s_endPoint, out IPEndPoint? endPoint);
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            NoticeSilence(socket);
            await socket.ConnectAsync(endPoint!, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

using System.Net.Sockets;
using Viper.Agent.Http;

namespace Viper.Agent.Server;

/// <summary>A request that has been allowed and whose body is still to be read.</summary>
internal sealed class StreamedRequest
{
    private readonly Socket _socket;
    private readonly MessageReader _reader;

    internal StreamedRequest(Socket socket, MessageReader reader, HttpRequestHead head, BodyStream body, CancellationToken stopping)
    {
        _socket = socket;
        _reader = reader;
        Head = head;
        Body = body;
        Stopping = stopping;
        Path = head.Path.ToString();
        Query = new RequestQuery(head.Query);
    }

    internal HttpRequestHead Head { get; }

    internal string Method => Head.Method;

    /// <summary>Gets the path as it came, percent signs and all.</summary>
    internal string Path { get; }

    internal RequestQuery Query { get; }

    internal BodyStream Body { get; }

    /// <summary>Gets the token that ends with the agent.</summary>
    internal CancellationToken Stopping { get; }

    /// <summary>Gets a value indicating whether the caller wants to be told what happens as it happens.</summary>
    internal bool WantsEvents =>
        Query.Flag("stream") || Head.Headers["Accept"]?.Contains(EventStream.MediaType, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="HttpFaultException">It is larger than the limit, or does not come.</exception>
    internal async Task<byte[]> ReadBodyAsync(int limit)
    {
        if (Head.ContentLength > limit)
        {
            throw MessageReader.TooLarge(limit);
        }

        using var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await Body.ReadAsync(buffer, Stopping)) > 0)
        {
            if (whole.Length + count > limit)
            {
                throw MessageReader.TooLarge(limit);
            }

            whole.Write(buffer, 0, count);
        }

        return whole.ToArray();
    }

    /// <summary>Watches for the peer's going; the body must have been read.</summary>
    internal PeerWatch WatchPeer() => PeerWatch.Start(_socket, _reader, Stopping);

    /// <summary>Takes the connection over after a handshake; null when the peer has already sent what comes after it.</summary>
    internal NetworkStream? TakeConnection() => _reader.Buffered.IsEmpty ? new NetworkStream(_socket, ownsSocket: false) : null;

    internal Task SendHeadAsync(string head, CancellationToken cancellationToken) =>
        DevTools.DevToolsClient.SendAllAsync(_socket, System.Text.Encoding.ASCII.GetBytes(head), cancellationToken);
}

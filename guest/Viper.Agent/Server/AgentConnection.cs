using System.Net.Sockets;
using Viper.Agent.DevTools;
using Viper.Agent.Http;

namespace Viper.Agent.Server;

/// <summary>One connection of the host: requests one after the other, or one relayed WebSocket.</summary>
internal sealed class AgentConnection
{
    private const int LingerBytes = 64 * 1024;
    private static readonly byte[] s_continue = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    private readonly Socket _socket;
    private readonly ServerOptions _options;
    private readonly AccessPolicy _access;
    private readonly AgentRouter _router;
    private readonly CancellationToken _stopping;

    internal AgentConnection(Socket socket, ServerOptions options, AccessPolicy access, AgentRouter router, CancellationToken stopping)
    {
        _socket = socket;
        _options = options;
        _access = access;
        _router = router;
        _stopping = stopping;
    }

    /// <summary>Serves until the peer, an error or the agent's end closes the connection; never throws.</summary>
    internal async Task RunAsync()
    {
        using var reader = new MessageReader(_socket);
        try
        {
            while (await WaitAsync(reader) && await ServeAsync(reader))
            {
            }

            await LingerAsync();
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer is gone or too slow. There is no one to tell.
        }
    }

    private async Task<bool> WaitAsync(MessageReader reader)
    {
        using var deadline = Deadline(_options.IdleDeadline);
        try
        {
            return await reader.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Serves one request; false when the connection is to end.</summary>
    private async Task<bool> ServeAsync(MessageReader reader)
    {
        HttpRequestHead? head = null;
        AgentResponse? response;
        try
        {
            head = await ReadHeadAsync(reader);
            if (head is null)
            {
                return false;
            }

            if (_access.Check(head.Headers) is { } refusal)
            {
                response = Problem.From(refusal, head.Path.ToString()) with { Close = head.HasBody };
            }
            else if (_router.FindStreamed(head.Path) is { } endpoint)
            {
                response = await AnswerStreamedAsync(reader, head, endpoint);
                if (response is null)
                {
                    return false;
                }
            }
            else if (AgentRouter.IsRelay(head.Path))
            {
                response = await _router.RelayAsync(_socket, reader, head, _stopping);
                if (response is null)
                {
                    return false;
                }
            }
            else
            {
                var body = await ReadBodyAsync(reader, head);
                response = await AnswerAsync(reader, new AgentRequest(head, body));
            }
        }
        catch (HttpFaultException error)
        {
            response = Problem.From(error.Fault, head?.Path.ToString()) with { Close = true };
        }

        response = response with
        {
            Close = response.Close || head is null || head.ClosesConnection,
            HeadOnly = response.HeadOnly || head?.Method == "HEAD",
        };

        await WriteAsync(reader, response);
        return !response.Close && !_stopping.IsCancellationRequested;
    }

    /// <summary>Answers a request, and gives it up when the peer goes.</summary>
    private async Task<AgentResponse> AnswerAsync(MessageReader reader, AgentRequest request)
    {
        await using var watch = PeerWatch.Start(_socket, reader, _stopping);
        return await _router.AnswerAsync(request, watch.Gone);
    }

    /// <summary>Has a request answered by one who reads the body; null when the connection was something else than HTTP.</summary>
    private async Task<AgentResponse?> AnswerStreamedAsync(MessageReader reader, HttpRequestHead head, IStreamedEndpoint endpoint)
    {
        Func<CancellationToken, ValueTask>? begin = head.Headers.HasToken("Expect", "100-continue")
            ? async token => await DevToolsClient.SendAllAsync(_socket, s_continue, token)
            : null;
        using var body = new BodyStream(reader, head, HttpLimits.StreamBytes, _options.BodyDeadline, begin);
        var response = await AgentRouter.AnswerStreamedAsync(endpoint, new StreamedRequest(_socket, reader, head, body, _stopping));

        // A peer that is still sending would not read why it need not.
        return response is null || response.Close || await body.TryDrainAsync(_stopping) ? response : response with { Close = true };
    }

    private async Task<HttpRequestHead?> ReadHeadAsync(MessageReader reader)
    {
        using var deadline = Deadline(_options.HeadDeadline);
        try
        {
            return await reader.ReadRequestAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            throw new HttpFaultException(new HttpFault(408, "request_timeout", "The request's head took too long."));
        }
    }

    private async Task<byte[]> ReadBodyAsync(MessageReader reader, HttpRequestHead head)
    {
        if (!head.HasBody)
        {
            return [];
        }

        using var deadline = Deadline(_options.BodyDeadline);
        if (head.ContentLength is null or <= HttpLimits.BodyBytes && head.Headers.HasToken("Expect", "100-continue"))
        {
            await DevToolsClient.SendAllAsync(_socket, s_continue, deadline.Token);
        }

        try
        {
            return await reader.ReadBodyAsync(head, HttpLimits.BodyBytes, deadline.Token);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            throw new HttpFaultException(new HttpFault(408, "request_timeout", "The request's body took too long."));
        }
    }

    // Not bound to the agent's end: an answer that is ready is still sent.
    private async Task WriteAsync(MessageReader reader, AgentResponse response)
    {
        using var content = response.Content;
        using var deadline = new CancellationTokenSource(_options.SendDeadline);
        if (content is null || response.HeadOnly)
        {
            await ResponseWriter.WriteAsync(_socket, response, deadline.Token);
            return;
        }

        await using var watch = PeerWatch.Start(_socket, reader, _stopping);
        var body = new ResponseBody(_socket, content.Length is null, _options.SendDeadline);
        await DevToolsClient.SendAllAsync(_socket, ResponseWriter.Head(response), deadline.Token);
        try
        {
            await content.WriteAsync(body, watch.Gone);
        }
        catch (Exception error) when (error is not (IOException or SocketException or OperationCanceledException))
        {
            // The head is out: that the rest is missing is all that can be told.
            throw new IOException($"The answer broke off: {error.Message}", error);
        }

        await body.EndAsync(watch.Gone);
    }

    /// <summary>Closing with unread input would reset the connection and could destroy the answer on its way.</summary>
    private async Task LingerAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        _socket.Shutdown(SocketShutdown.Send);
        var rest = new byte[4096];
        for (var total = 0; total < LingerBytes;)
        {
            var count = await _socket.ReceiveAsync(rest, deadline.Token);
            if (count == 0)
            {
                return;
            }

            total += count;
        }
    }

    private CancellationTokenSource Deadline(TimeSpan time)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
        source.CancelAfter(time);
        return source;
    }
}

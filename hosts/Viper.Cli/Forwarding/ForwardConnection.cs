using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Forwarding;

/// <summary>One connection to the forwarded port: requests one after another, or one WebSocket.</summary>
internal sealed class ForwardConnection(ViperClient client, string vm, int port, NetworkStream caller)
{
    private const int MaxDiscoveryBytes = 8 * 1024 * 1024;

    // The only bodies that DevTools requests have are empty ones.
    private const int MaxRequestBody = 64 * 1024;

    private readonly byte[] _buffer = new byte[HttpHead.MaxBytes];
    private int _have;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await ReadHeadAsync(cancellationToken) is { } head)
        {
            try
            {
                if (await AnswerAsync(head, cancellationToken))
                {
                    continue;
                }
            }
            catch (ViperApiException error)
            {
                await WriteProblemAsync(error.Problem, cancellationToken);
            }
            catch (ViperUnreachableException error)
            {
                await WriteProblemAsync(Problem.Create(502, ProblemCodes.AgentUnreachable, error.Message), cancellationToken);
            }

            return;
        }
    }

    // Null at the end of the connection and after what is no request.
    private async Task<HttpHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        int end;
        while ((end = HttpHead.EndOf(_buffer.AsSpan(0, _have))) < 0)
        {
            if (_have == _buffer.Length)
            {
                await WriteProblemAsync(Problem.Create(431, ProblemCodes.ValidationFailed, "The head of the request is too large."), cancellationToken);
                return null;
            }

            int read = await caller.ReadAsync(_buffer.AsMemory(_have), cancellationToken);
            if (read == 0)
            {
                return null;
            }

            _have += read;
        }

        HttpHead? head = HttpHead.Parse(_buffer.AsSpan(0, end));
        _have -= end;
        _buffer.AsSpan(end, _have).CopyTo(_buffer);
        if (head is null)
        {
            await WriteProblemAsync(Problem.Create(400, ProblemCodes.ValidationFailed, "The request is not valid HTTP/1.1."), cancellationToken);
        }

        return head;
    }

    // True where another request can follow.
    private async Task<bool> AnswerAsync(HttpHead head, CancellationToken cancellationToken)
    {
        if (Refuse(head) is { } problem)
        {
            await WriteProblemAsync(problem, cancellationToken);
            return false;
        }

        if (head.Has("Upgrade", "websocket"))
        {
            await new ForwardSocket(client, vm, caller).RunAsync(head, _buffer.AsMemory(0, _have), cancellationToken);
            return false;
        }

        return await ExchangeAsync(head, cancellationToken) && !head.Has("Connection", "close");
    }

    private Problem? Refuse(HttpHead head)
    {
        string? host = head["Host"];
        if (host != $"127.0.0.1:{port}" && host != $"localhost:{port}")
        {
            return Problem.Create(403, ProblemCodes.ForbiddenHost, $"This port is 127.0.0.1:{port} or localhost:{port} and goes by no other name.");
        }

        if (head["Origin"] is { } origin && origin != $"http://127.0.0.1:{port}" && origin != $"http://localhost:{port}")
        {
            return Problem.Create(403, ProblemCodes.ForbiddenOrigin, "Web pages of other origins may not drive this browser.");
        }

        bool isSocket = head.Has("Upgrade", "websocket");
        if (isSocket && !ForwardSocket.IsHandshake(head))
        {
            return Problem.Create(400, ProblemCodes.ValidationFailed, "The WebSocket handshake is not one of RFC 6455, version 13.");
        }

        bool isKnown = isSocket ? ForwardRoute.IsSocket(head.Path) : ForwardRoute.IsHttp(head.Path);
        return isKnown ? null : Problem.Create(404, ProblemCodes.NotFound, "This port serves the VM's DevTools only: /json/… and /devtools/….");
    }

    private async Task<bool> ExchangeAsync(HttpHead head, CancellationToken cancellationToken)
    {
        if (!await SkipBodyAsync(head, cancellationToken))
        {
            await WriteProblemAsync(Problem.Create(413, ProblemCodes.PayloadTooLarge, "Requests here have no body."), cancellationToken);
            return false;
        }

        using HttpResponseMessage answer = await client.SendToAgentAsync(vm, new HttpMethod(head.Method), head.Target, null, cancellationToken);
        bool isDiscovery = ForwardRoute.IsDiscovery(head.Path) && head.Method != "HEAD";
        if (isDiscovery)
        {
            await WriteDiscoveryAsync(head, answer, cancellationToken);
            return true;
        }

        await WriteAsync(answer, cancellationToken);
        return answer.Content.Headers.ContentLength is not null;
    }

    private async Task WriteDiscoveryAsync(HttpHead head, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> document = new();
        try
        {
            await answer.Content.LoadIntoBufferAsync(MaxDiscoveryBytes, cancellationToken);
            DevToolsDiscovery.Rewrite(await answer.Content.ReadAsByteArrayAsync(cancellationToken), "ws://" + head["Host"], document);
        }
        catch (JsonException error)
        {
            await WriteProblemAsync(Problem.Create(502, ProblemCodes.AgentUnreachable, $"The agent's answer is not usable: {error.Message}"), cancellationToken);
            return;
        }

        await WriteHeadAsync((int)answer.StatusCode, "application/json; charset=utf-8", document.WrittenCount, true, cancellationToken);
        await caller.WriteAsync(document.WrittenMemory, cancellationToken);
    }

    private async Task WriteAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        long? length = answer.Content.Headers.ContentLength;
        string type = answer.Content.Headers.ContentType?.ToString() ?? "application/octet-stream";
        await WriteHeadAsync((int)answer.StatusCode, type, length, length is not null, cancellationToken);
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await body.CopyToAsync(caller, cancellationToken);
    }

    private async Task WriteProblemAsync(Problem problem, CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(problem, ViperJson.Readable.Problem);
        await WriteHeadAsync(problem.Status, Problem.MediaType, body.Length, false, cancellationToken);
        await caller.WriteAsync(body, cancellationToken);
        await CloseAsync(cancellationToken);
    }

    // The guest wrote the body: it must not run as a page of this port's origin.
    private ValueTask WriteHeadAsync(int status, string type, long? length, bool goesOn, CancellationToken cancellationToken)
    {
        StringBuilder head = new(256);
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {(HttpStatusCode)status}\r\nContent-Type: {type}\r\n");
        if (length is not null)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        }

        head.Append("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Security-Policy: sandbox; default-src 'none'\r\n");
        head.Append(goesOn ? "\r\n" : "Connection: close\r\n\r\n");
        return caller.WriteAsync(Encoding.Latin1.GetBytes(head.ToString()), cancellationToken);
    }

    private async Task<bool> SkipBodyAsync(HttpHead head, CancellationToken cancellationToken)
    {
        if (head["Transfer-Encoding"] is not null)
        {
            return false;
        }

        if (head["Content-Length"] is not { } text)
        {
            return true;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int left) || left > MaxRequestBody)
        {
            return false;
        }

        while (left > 0)
        {
            if (_have == 0)
            {
                _have = await caller.ReadAsync(_buffer, cancellationToken);
                if (_have == 0)
                {
                    throw new IOException("The request broke off.");
                }
            }

            int taken = Math.Min(left, _have);
            _have -= taken;
            _buffer.AsSpan(taken, _have).CopyTo(_buffer);
            left -= taken;
        }

        return true;
    }

    // What the caller still sends is taken and dropped for a moment, or the kernel would throw the answer away with it.
    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource moment = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        moment.CancelAfter(TimeSpan.FromSeconds(1));
        caller.Socket.Shutdown(SocketShutdown.Send);
        try
        {
            while (await caller.ReadAsync(_buffer, moment.Token) > 0)
            {
                continue;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Long enough.
        }
    }
}

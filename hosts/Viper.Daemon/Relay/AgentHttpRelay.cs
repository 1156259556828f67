using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Viper.Contracts;
using Viper.Daemon.Endpoints;
using Viper.Orchestration;

namespace Viper.Daemon.Relay;

/// <summary>One HTTP exchange with a VM's agent, rebuilt on this side and streamed both ways.</summary>
internal sealed class AgentHttpRelay(AgentClient client, DiscoveryTickets tickets)
{
    // Chrome's lists are a few kilobytes per target.
    private const int MaxDiscoveryBytes = 8 * 1024 * 1024;

    // So much is sent without asking first, which costs a round trip.
    private const int MaxUnasked = 64 * 1024;

    internal async Task RelayAsync(HttpContext context, string name, AgentAddress agent, CancellationToken cancellationToken)
    {
        string target = RelayTarget.Of(context);
        using HttpRequestMessage request = Build(context, agent, target);
        using HttpResponseMessage response = await SendAsync(context, name, request, cancellationToken);
        if ((int)response.StatusCode is 401 or 403 && response.Headers.WwwAuthenticate.Count > 0)
        {
            throw new ProblemException(AgentProblem.Unreachable(name, "it refused the VM's own token"));
        }

        if (IsDiscovery(target) && response.IsSuccessStatusCode && !HttpMethods.IsHead(context.Request.Method))
        {
            ReadOnlyMemory<byte> document = await RewriteAsync(context, name, response, cancellationToken);
            CopyHead(context.Response, response);
            context.Response.ContentLength = document.Length;
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.Body.WriteAsync(document, cancellationToken);
            return;
        }

        CopyHead(context.Response, response);
        await CopyBodyAsync(context.Response, response, cancellationToken);
    }

    private static HttpRequestMessage Build(HttpContext context, AgentAddress agent, string target)
    {
        HttpRequestMessage request = AgentClient.Request(agent, new HttpMethod(context.Request.Method), target);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            request.Content = new RelayedBody(context.Request);

            // An agent that refuses a large body says so before it is sent; once it is on its way, the answer would be lost with the connection.
            request.Headers.ExpectContinue = context.Request.ContentLength is null or > MaxUnasked;
        }

        foreach ((string key, var values) in context.Request.Headers)
        {
            if (RelayHeaders.GoesToAgent(key) && !request.Headers.TryAddWithoutValidation(key, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(key, (IEnumerable<string?>)values);
            }
        }

        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpContext context, string name, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync(request, cancellationToken);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // A caller's body that breaks off arrives here too.
            if (error.InnerException is BadHttpRequestException bad)
            {
                throw bad;
            }

            throw new ProblemException(AgentProblem.Unreachable(name, error.InnerException?.Message ?? error.Message));
        }
    }

    private static void CopyHead(HttpResponse target, HttpResponseMessage source)
    {
        target.StatusCode = (int)source.StatusCode;
        string[] connection = [.. source.Headers.Connection];
        foreach ((string name, IEnumerable<string> values) in source.Headers.NonValidated.Select(h => (h.Key, h.Value.AsEnumerable()))
            .Concat(source.Content.Headers.NonValidated.Select(h => (h.Key, h.Value.AsEnumerable()))))
        {
            if (RelayHeaders.GoesToCaller(name, connection))
            {
                target.Headers.Append(name, values.ToArray());
            }
        }

        // A page that the guest serves must not run as the daemon's own origin.
        target.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
    }

    private static async Task CopyBodyAsync(HttpResponse target, HttpResponseMessage source, CancellationToken cancellationToken)
    {
        await using Stream body = await source.Content.ReadAsStreamAsync(cancellationToken);
        await target.BodyWriter.FlushAsync(cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await target.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsDiscovery(string target)
    {
        ReadOnlySpan<char> path = target.AsSpan(0, target.IndexOf('?') is >= 0 and var query ? query : target.Length).TrimEnd('/');
        return path is "/json" or "/json/version" or "/json/list" or "/json/new";
    }

    private async Task<ReadOnlyMemory<byte>> RewriteAsync(HttpContext context, string name, HttpResponseMessage source, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> rewritten = new();
        try
        {
            await source.Content.LoadIntoBufferAsync(MaxDiscoveryBytes, cancellationToken);
            byte[] document = await source.Content.ReadAsByteArrayAsync(cancellationToken);

            // The Host has been checked where there is one to be trusted; behind a unix socket it is the caller's own affair.
            DevToolsDiscovery.Rewrite(document, $"ws://{context.Request.Host.Value}{VmUrls.PathOf(name)}/agent", tickets.Find(context, name), rewritten);
        }
        catch (Exception error) when (error is JsonException or HttpRequestException)
        {
            throw new ProblemException(AgentProblem.Unreachable(name, $"its discovery document is not usable: {error.Message}"));
        }

        return rewritten.WrittenMemory;
    }
}

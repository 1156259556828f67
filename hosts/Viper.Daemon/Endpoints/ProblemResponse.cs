using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Viper.Contracts;

namespace Viper.Daemon.Endpoints;

/// <summary>A <see cref="Problem"/> as an HTTP response.</summary>
internal static class ProblemResponse
{
    private static readonly object s_codeKey = new();

    /// <summary>Writes the whole response; headers set before remain.</summary>
    internal static Task WriteAsync(HttpContext context, Problem problem)
    {
        HttpResponse response = context.Response;
        context.Items[s_codeKey] = problem;
        Problem full = problem with { Instance = problem.Instance ?? context.Request.Path.Value, TraceId = context.TraceIdentifier };
        response.StatusCode = problem.Status;
        response.ContentType = Problem.MediaType;
        response.Headers.CacheControl = "no-store";
        if (problem.Status is 429 or 503)
        {
            response.Headers.RetryAfter = "1";
        }

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(full, ViperJson.Readable.Problem);
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>The problem that has been answered to this request; null where none has.</summary>
    internal static Problem? Of(HttpContext context) => context.Items.TryGetValue(s_codeKey, out object? problem) ? (Problem?)problem : null;
}

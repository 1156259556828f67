using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Viper.Contracts;
using Viper.Orchestration;

namespace Viper.Daemon.Endpoints;

/// <summary>The outermost step of every request: whatever goes wrong inside leaves as a problem, and is logged under its trace id.</summary>
internal sealed class ProblemBoundary(ILogger<ProblemBoundary> logger)
{
    internal async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(context);
            if (!context.Response.HasStarted && Unanswered(context) is { } problem)
            {
                await ProblemResponse.WriteAsync(context, problem);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be told.
        }
        catch (Exception error)
        {
            await FailAsync(context, error);
        }

        if (ProblemResponse.Of(context) is { } answered)
        {
            Log.Refused(logger, answered.Status >= 500 ? LogLevel.Warning : LogLevel.Information, context, answered);
        }
    }

    private async Task FailAsync(HttpContext context, Exception error)
    {
        Problem problem = error switch
        {
            ProblemException known => known.Problem,
            EngineException refused => refused.Problem,
            OperationCanceledException => Problem.Create(503, ProblemCodes.ShuttingDown, "The daemon is shutting down."),
            BadHttpRequestException { StatusCode: 413 } => RequestBody.TooLarge(),
            BadHttpRequestException bad => Problem.Create(bad.StatusCode, ProblemCodes.ValidationFailed, $"The request is not valid HTTP: {bad.Message}"),
            _ => Problem.Create(500, ProblemCodes.Internal, $"The daemon failed; its log has the cause under {context.TraceIdentifier}."),
        };
        if (problem.Code == ProblemCodes.Internal)
        {
            Log.Failed(logger, context.TraceIdentifier, error);
        }

        if (context.Response.HasStarted)
        {
            // The status is out; a torn connection is the one way left to say that the body is not whole.
            context.Abort();
            return;
        }

        // Such as a Location set before; what described the body that is not coming must go.
        context.Response.Headers.ETag = default;
        context.Response.Headers.ContentLength = null;
        await ProblemResponse.WriteAsync(context, problem);
    }

    // What routing answers by itself, which is a bare status.
    private static Problem? Unanswered(HttpContext context) => context.Response.StatusCode switch
    {
        404 => Problem.Create(404, ProblemCodes.NotFound, "There is nothing at this path."),
        405 => Problem.Create(405, ProblemCodes.MethodNotAllowed, $"This path takes {context.Response.Headers.Allow}."),
        415 => RequestBody.NotJson(),
        >= 400 and var status when context.Response.ContentType is null => Problem.Create(status, ProblemCodes.Internal, "The request could not be served."),
        _ => null,
    };
}

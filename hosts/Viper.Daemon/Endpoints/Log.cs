using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Viper.Contracts;

namespace Viper.Daemon.Endpoints;

internal static partial class Log
{
    internal static void Refused(ILogger logger, LogLevel level, HttpContext context, Problem problem) =>
        Refused(logger, level, context.TraceIdentifier, context.Request.Method, context.Request.Path.ToUriComponent(), problem.Status, problem.Code, problem.Detail);

    [LoggerMessage(1, LogLevel.Error, "{TraceId} failed")]
    internal static partial void Failed(ILogger logger, string traceId, Exception error);

    [LoggerMessage(2, LogLevel.Debug, "relay to VM {Vm}: {Outcome}")]
    internal static partial void RelayEnded(ILogger logger, string vm, string outcome);

    [LoggerMessage(EventId = 3, Message = "{TraceId} {Method} {Path}: {Status} {Code}: {Detail}")]
    private static partial void Refused(ILogger logger, LogLevel level, string traceId, string method, string path, int status, string code, string detail);
}

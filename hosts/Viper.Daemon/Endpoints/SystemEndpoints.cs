using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Viper.Contracts;
using Viper.Orchestration;

namespace Viper.Daemon.Endpoints;

/// <summary>What is said about the daemon itself, and the images that it has.</summary>
internal sealed class SystemEndpoints(IVmEngine engine)
{
    internal static VersionInfo Version { get; } = new(
        typeof(SystemEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0",
        "v1",
        RuntimeInformation.FrameworkDescription);

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/system/status", context => JsonResponse.WriteAsync(context, 200, engine.GetStatus(), ViperJson.Readable.SystemStatus));
        routes.MapGet("/api/v1/system/limits", context => JsonResponse.WriteAsync(context, 200, engine.GetLimits(), ViperJson.Readable.SystemLimits));
        routes.MapGet("/api/v1/system/version", context => JsonResponse.WriteAsync(context, 200, Version, ViperJson.Readable.VersionInfo));
        routes.MapGet("/api/v1/images", context => JsonResponse.WriteAsync(context, 200, new ImageList(engine.ListImages()), ViperJson.Readable.ImageList));
        routes.MapGet("/healthz", OkAsync);
        routes.MapGet("/readyz", ReadyAsync);
    }

    private static Task OkAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync("ok\n");
    }

    private Task ReadyAsync(HttpContext context)
    {
        IReadOnlyList<string> problems = engine.GetStatus().Problems;
        return problems.Count == 0
            ? OkAsync(context)
            : ProblemResponse.WriteAsync(context, Problem.Create(503, ProblemCodes.HostNotReady, string.Join(' ', problems)));
    }
}

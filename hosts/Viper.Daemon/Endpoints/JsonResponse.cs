using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Viper.Contracts;

namespace Viper.Daemon.Endpoints;

/// <summary>A record of the wire model as an HTTP response.</summary>
internal static class JsonResponse
{
    internal static async Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        if (response.Headers.CacheControl.Count == 0)
        {
            response.Headers.CacheControl = "no-store";
        }

        await JsonSerializer.SerializeAsync(response.BodyWriter, value, type, context.RequestAborted);
    }

    internal static Task WriteVmAsync(HttpContext context, int status, Vm vm)
    {
        // no-cache, not no-store: the point of an ETag is that it may be kept and asked about.
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.ETag = VmPresenter.ETagOf(vm);
        return WriteAsync(context, status, vm, ViperJson.Readable.Vm);
    }
}

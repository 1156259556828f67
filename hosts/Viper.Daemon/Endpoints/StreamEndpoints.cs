using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Viper.Contracts;
using Viper.Orchestration;

namespace Viper.Daemon.Endpoints;

/// <summary>What goes on without end: the event log and the logs of VMs.</summary>
internal sealed class StreamEndpoints(IVmEngine engine, StreamPump pump, CancellationToken stopping)
{
    private const int DefaultTail = 200;
    private const int MaxTail = 100_000;

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/events", context => EventsAsync(context, EventFilter.Read(context)));
        routes.MapGet("/api/v1/events/vms", context => EventsAsync(context, EventFilter.Read(context)));
        routes.MapGet("/api/v1/vms/{name}/events", VmEventsAsync);
        routes.MapGet("/api/v1/vms/{name}/logs", LogsAsync);
    }

    private Task VmEventsAsync(HttpContext context)
    {
        string name = RequestQuery.VmName(context);
        engine.Get(name);
        return EventsAsync(context, EventFilter.Read(context) with { Vm = name });
    }

    private async Task EventsAsync(HttpContext context, EventFilter filter)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        IAsyncEnumerable<VmEvent> events = engine.ReadEventsAsync(filter.After ?? engine.GetStatus().LastSeq, filter.Vm, ended.Token);
        try
        {
            using SseWriter writer = await SseWriter.BeginAsync(context, ended.Token);
            await pump.RunAsync(events, Write, writer.WriteKeepAlive, writer.FlushAsync, ended.Token);

            bool Write(VmEvent item)
            {
                bool wanted = filter.Wants(item);
                if (wanted)
                {
                    writer.WriteEvent(item);
                }

                return wanted;
            }
        }
        catch (Exception error) when (StreamPump.IsEnd(error, context))
        {
            // The reader left or the daemon stops; the end of the body says so.
        }
    }

    private async Task LogsAsync(HttpContext context)
    {
        string name = RequestQuery.VmName(context);
        string source = RequestQuery.OneOf(context, "source", ["serial", "hypervisor"]) ?? "serial";
        int tail = RequestQuery.Number(context, "tail", DefaultTail, 0, MaxTail);
        bool follow = RequestQuery.Flag(context, "follow");
        engine.Get(name);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        IAsyncEnumerable<string> lines = engine.ReadLogAsync(name, source, tail, follow, ended.Token);
        try
        {
            if (context.Request.Headers.Accept.Any(a => a?.Contains(SseWriter.MediaType, StringComparison.OrdinalIgnoreCase) == true))
            {
                using SseWriter writer = await SseWriter.BeginAsync(context, ended.Token);
                await pump.RunAsync(lines, line => Sent(writer.WriteLogLine, line), writer.WriteKeepAlive, writer.FlushAsync, ended.Token);
                return;
            }

            context.Response.ContentType = "text/plain; charset=utf-8";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.BodyWriter.FlushAsync(ended.Token);
            await pump.RunAsync(lines, line => Sent(text => Encoding.UTF8.GetBytes(text + "\n", context.Response.BodyWriter), line), null, FlushAsync, ended.Token);
        }
        catch (Exception error) when (StreamPump.IsEnd(error, context))
        {
            // The reader left, the VM was deleted or the daemon stops.
        }

        async Task FlushAsync(CancellationToken cancellationToken) => await context.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    private static bool Sent(Action<string> write, string line)
    {
        write(line);
        return true;
    }
}

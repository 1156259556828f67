using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Viper.Contracts;
using Viper.Orchestration;

namespace Viper.Daemon.Endpoints;

/// <summary><c>/api/v1/vms</c>: the VMs and their lives.</summary>
internal sealed class VmEndpoints(IVmEngine engine, VmPresenter presenter)
{
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/vms", ListAsync);
        routes.MapPost("/api/v1/vms", new VmCreateEndpoint(engine, presenter).CreateAsync);
        routes.MapGet("/api/v1/vms/{name}", GetAsync);
        routes.MapDelete("/api/v1/vms/{name}", DeleteAsync);
        routes.MapPost("/api/v1/vms/{name}/start", StartAsync);
        routes.MapPost("/api/v1/vms/{name}/stop", StopAsync);
        routes.MapPost("/api/v1/vms/{name}/restart", RestartAsync);
        routes.MapPost("/api/v1/vms/{name}/pause", PauseAsync);
        routes.MapPost("/api/v1/vms/{name}/keepalive", KeepAliveAsync);
        routes.MapPost("/api/v1/vms/{name}/resume", ResumeAsync);
    }

    private Task ListAsync(HttpContext context)
    {
        int limit = PageCursor.Limit(context);
        string? status = RequestQuery.OneOf(context, "status", VmStatus.All);

        // One more than asked, to know whether there is a next page.
        IReadOnlyList<Vm> found = engine.List(status, RequestQuery.Labels(context), PageCursor.Read(context, VmName.IsValid), limit + 1);
        List<Vm> page = [.. found.Take(limit).Select(vm => presenter.Present(context, vm))];
        string? next = found.Count > limit ? PageCursor.After(page[^1].Name) : null;
        if (next is not null)
        {
            PageCursor.LinkNext(context, "/api/v1/vms", next);
        }

        return JsonResponse.WriteAsync(context, 200, new VmList(page, next), ViperJson.Readable.VmList);
    }

    private async Task GetAsync(HttpContext context)
    {
        string name = RequestQuery.VmName(context);
        WaitPreference? wait = WaitPreference.Read(context, defaultSeconds: 30, ["ready", "stopped"]);
        Vm vm = wait is null ? engine.Get(name) : await WaitAsync(name, wait, context.RequestAborted);
        if (wait is null && VmPresenter.IsKnown(context, vm))
        {
            context.Response.Headers.ETag = VmPresenter.ETagOf(vm);
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (wait?.Applied is { } applied)
        {
            context.Response.Headers["Preference-Applied"] = applied;
        }

        await JsonResponse.WriteVmAsync(context, 200, presenter.Present(context, vm));
    }

    private async Task DeleteAsync(HttpContext context)
    {
        await engine.DeleteAsync(RequestQuery.VmName(context), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private Task StartAsync(HttpContext context) => CommandAsync(context, name => engine.StartAsync(name, context.RequestAborted));

    private Task StopAsync(HttpContext context) =>
        CommandAsync(context, name => engine.StopAsync(name, RequestQuery.Flag(context, "force"), context.RequestAborted));

    private Task RestartAsync(HttpContext context) =>
        CommandAsync(context, name => engine.RestartAsync(name, RequestQuery.Flag(context, "force"), context.RequestAborted));

    private Task PauseAsync(HttpContext context) => CommandAsync(context, name => engine.PauseAsync(name, context.RequestAborted));

    private Task ResumeAsync(HttpContext context) => CommandAsync(context, name => engine.ResumeAsync(name, context.RequestAborted));

    private Task KeepAliveAsync(HttpContext context) => CommandAsync(context, name => Task.FromResult(engine.KeepAlive(name)));

    private async Task CommandAsync(HttpContext context, Func<string, Task<Vm>> command)
    {
        Vm vm = await command(RequestQuery.VmName(context));
        await JsonResponse.WriteVmAsync(context, 200, presenter.Present(context, vm));
    }

    // A long poll: when its time is over it answers with the VM as it is, and the caller asks again or does not.
    private async Task<Vm> WaitAsync(string name, WaitPreference wait, CancellationToken cancellationToken)
    {
        try
        {
            return wait.Until == "ready"
                ? await engine.WaitReadyAsync(name, wait.Timeout, cancellationToken)
                : await engine.WaitStoppedAsync(name, wait.Timeout, cancellationToken);
        }
        catch (EngineException late) when (late.Code is ProblemCodes.StopTimeout || (late.Code is ProblemCodes.StartTimeout && engine.Get(name).Status != VmStatus.Crashed))
        {
            return engine.Get(name);
        }
    }
}

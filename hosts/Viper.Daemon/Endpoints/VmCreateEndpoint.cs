using Microsoft.AspNetCore.Http;
using Viper.Contracts;
using Viper.Orchestration;

namespace Viper.Daemon.Endpoints;

/// <summary><c>POST /api/v1/vms</c>, which answers when the VM is committed or, if asked, when it is ready.</summary>
internal sealed class VmCreateEndpoint(IVmEngine engine, VmPresenter presenter)
{
    // A start takes seconds under KVM and half a minute without; the engine has the last word anyway.
    private const int DefaultWaitSeconds = 300;

    internal async Task CreateAsync(HttpContext context)
    {
        WaitPreference? wait = WaitPreference.Read(context, DefaultWaitSeconds, ["ready"]);
        CreateVmRequest request = CreateVmRequestReader.Read(await RequestBody.ReadAsync(context));
        Vm vm = await engine.CreateAsync(request, context.RequestAborted);
        context.Response.Headers.Location = VmUrls.PathOf(vm.Name);
        if (wait is null)
        {
            await JsonResponse.WriteVmAsync(context, StatusCodes.Status201Created, presenter.Present(context, vm));
            return;
        }

        (int status, Vm waited) = await WaitAsync(vm, wait, context.RequestAborted);
        if (status == StatusCodes.Status202Accepted)
        {
            context.Response.Headers.RetryAfter = "1";
            if (engine.GetLastOperation(vm.Name) is { } operation)
            {
                context.Response.Headers.Location = OperationEndpoints.PathOf(operation);
            }
        }

        if (wait.Applied is { } applied)
        {
            context.Response.Headers["Preference-Applied"] = applied;
        }

        await JsonResponse.WriteVmAsync(context, status, presenter.Present(context, waited));
    }

    private async Task<(int Status, Vm Vm)> WaitAsync(Vm vm, WaitPreference wait, CancellationToken cancellationToken)
    {
        try
        {
            return (StatusCodes.Status201Created, await engine.WaitReadyAsync(vm.Name, wait.Timeout, cancellationToken));
        }
        catch (EngineException late) when (late.Code == ProblemCodes.StartTimeout && engine.Get(vm.Name) is { } now && now.Status != VmStatus.Crashed)
        {
            return (StatusCodes.Status202Accepted, now);
        }
    }
}

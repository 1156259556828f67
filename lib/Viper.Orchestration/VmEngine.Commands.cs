using System.Security.Cryptography;
using System.Text.Json;
using Viper.Contracts;
using Viper.Orchestration.Admission;
using Viper.Orchestration.Guest;
using Viper.Orchestration.Internal;
using Viper.Orchestration.Lifecycle;
using Viper.Orchestration.Network;
using Viper.State;

namespace Viper.Orchestration;

public sealed partial class VmEngine
{
    /// <inheritdoc/>
    public async Task<Vm> CreateAsync(CreateVmRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        RefuseWhenClosing();
        if (CreateVmValidation.Check(request) is { } problem)
        {
            throw new EngineException(problem);
        }

        string image = request.Image ?? VmLimits.DefaultImage;
        int memory = request.MemoryMb ?? VmLimits.DefaultMemoryMb;

        // What can be known beforehand is refused beforehand, while there is nothing to undo. The name goes first:
        // it is the cheapest to look up and the answer that most callers mean.
        if (request.Name is { } taken && _actors.TryGetValue(taken, out VmActor? holder) && !holder.IsDeleted)
        {
            throw EngineProblems.NameTaken(taken);
        }

        BootPlan plan = await BootPlan.MakeAsync(_parts, image, cancellationToken).ConfigureAwait(false);
        if (memory < plan.Files.MinMemoryMb)
        {
            throw EngineProblems.Invalid("#/memory_mb", "range", $"image '{image}' needs at least {plan.Files.MinMemoryMb} MiB, not {memory}.");
        }

        VmDemand demand = VmDemand.Of(request.Labels, request.CpuCores ?? VmLimits.DefaultCpuCores, memory);
        VmClaim claim = await AdmitAsync(demand, TimeSpan.FromSeconds(request.QueueWaitSeconds ?? 0), cancellationToken).ConfigureAwait(false);
        CreateVmRequest resolved = request with { Network = NetworkDefaults.Resolve(request.Network, plan.Files.HasBrowser), QueueWaitSeconds = null };
        Task<Vm> begun;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            RefuseWhenClosing();
            begun = LeaseAndBoot(resolved, image, memory, plan with { Timeline = new Timeline(_parts.Time), Claim = claim });
        }
        catch (StateException e)
        {
            claim.Dispose();
            throw EngineProblems.Storage(e);
        }
        catch
        {
            claim.Dispose();
            throw;
        }

        return await begun.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<Vm> StartAsync(string name, CancellationToken cancellationToken)
    {
        RefuseWhenClosing();
        VmActor actor = Find(name);
        if (actor.AnswerAtOnce(VmCommand.Start) is { } answer)
        {
            return answer;
        }

        BootPlan plan = await BootPlan.MakeAsync(_parts, actor.Record.Image, cancellationToken).ConfigureAwait(false);
        VmClaim claim = await AdmitAsync(VmDemand.Of(actor.Record), TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        return await actor.StartAsync(plan with { Claim = claim }).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<Vm> RestartAsync(string name, bool force, CancellationToken cancellationToken)
    {
        RefuseWhenClosing();
        VmActor actor = Find(name);
        actor.AnswerAtOnce(VmCommand.Restart);

        // What would keep the VM from starting again leaves it running.
        BootPlan plan = await BootPlan.MakeAsync(_parts, actor.Record.Image, cancellationToken).ConfigureAwait(false);
        VmClaim? claim = actor.Run is null ? await AdmitAsync(VmDemand.Of(actor.Record), TimeSpan.Zero, cancellationToken).ConfigureAwait(false) : null;
        return await actor.RestartAsync(plan with { Claim = claim }, Grace(force)).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<Vm> PauseAsync(string name, CancellationToken cancellationToken) => MoveAsync(name, VmCommand.Pause, static actor => actor.PauseAsync(), cancellationToken);

    /// <inheritdoc/>
    public Task<Vm> ResumeAsync(string name, CancellationToken cancellationToken) => MoveAsync(name, VmCommand.Resume, static actor => actor.ResumeAsync(), cancellationToken);

    /// <inheritdoc/>
    public Task<Vm> StopAsync(string name, bool force, CancellationToken cancellationToken) =>
        MoveAsync(name, VmCommand.Stop, actor => actor.StopAsync(Grace(force), "stopped as asked"), cancellationToken);

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        VmActor actor = Find(name);
        Task<bool> deletion = actor.DeleteAsync();
        _ = deletion.ContinueWith(
            _ => _actors.TryRemove(new KeyValuePair<string, VmActor>(name, actor)),
            CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await deletion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StateException e)
        {
            throw EngineProblems.Storage(e);
        }
    }

    private TimeSpan Grace(bool force) => force ? TimeSpan.Zero : _parts.Settings.StopGrace;

    private async Task<VmClaim> AdmitAsync(VmDemand demand, TimeSpan wait, CancellationToken cancellationToken)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        try
        {
            return await _parts.Admission.AdmitAsync(demand, wait, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw EngineProblems.ShuttingDown();
        }
    }

    private async Task<Vm> MoveAsync(string name, VmCommand command, Func<VmActor, Task<Vm>> post, CancellationToken cancellationToken)
    {
        VmActor actor = Find(name);
        return actor.AnswerAtOnce(command) ?? await post(actor).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<Vm> LeaseAndBoot(CreateVmRequest request, string image, int memory, BootPlan plan)
    {
        string name = request.Name ?? NewName();
        NewVm row = new()
        {
            Name = name,
            Status = VmStatus.Creating,
            CpuCores = request.CpuCores ?? VmLimits.DefaultCpuCores,
            MemoryMb = memory,
            Image = image,
            KernelCmdline = request.KernelCmdline ?? "",
            LabelsJson = JsonSerializer.Serialize(request.Labels ?? new Dictionary<string, string>(), ViperJson.Default.IReadOnlyDictionaryStringString),
            SpecJson = JsonSerializer.Serialize(request, ViperJson.Default.CreateVmRequest),
        };
        NewOperation operation = new(OperationKinds.VmCreate) { ProgressJson = OperationViews.Progress(VmPhase.LeaseIp) };
        switch (_parts.Store.CreateVm(row, ip => GuestMac.Of(name, ip), static vm => EventDraft.About(VmEventTypes.Created, vm), operation))
        {
            case CreateVmResult.Created created:
                plan.Timeline.End(VmPhase.LeaseIp);
                VmActor actor = new(_parts, created.Vm, created.Begun);

                // The start comes before whatever others ask of the VM as soon as they see it.
                Task<Vm> begun = actor.BootAsync(plan);
                _actors[name] = actor;
                actor.Begin();
                _parts.EventAppended.Raise();
                return begun;
            case CreateVmResult.PoolExhausted full:
                throw EngineProblems.PoolExhausted(full.Pool, full.NextFreeAt, _parts.Admission.Queued);
            default:
                throw EngineProblems.NameTaken(name);
        }
    }

    private static string NewName() => "vm-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
}

using System.Security.Cryptography;
using System.Text.Json;
using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Guest;
using Viper.Orchestration.Internal;
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

        BootFiles files = await _parts.Images.OpenAsync(image, cancellationToken).ConfigureAwait(false);
        if (memory < files.MinMemoryMb)
        {
            throw EngineProblems.Invalid("#/memory_mb", "range", $"image '{image}' needs at least {files.MinMemoryMb} MiB, not {memory}.");
        }

        IHypervisor hypervisor = await _parts.Hypervisors.FindAsync(cancellationToken).ConfigureAwait(false);
        _parts.Network.Preflight();
        cancellationToken.ThrowIfCancellationRequested();

        Timeline timeline = new(_parts.Time);
        VmActor actor;
        try
        {
            actor = Lease(request with { Network = NetworkDefaults.Resolve(request.Network, files.HasBrowser) }, image, memory);
        }
        catch (StateException e)
        {
            throw EngineProblems.Storage(e);
        }

        timeline.End(VmPhase.LeaseIp);
        _parts.EventAppended.Raise();
        return await actor.StartAsync(files, hypervisor, timeline).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<Vm> StartAsync(string name, CancellationToken cancellationToken)
    {
        RefuseWhenClosing();
        VmActor actor = Find(name);
        if (actor.Record.Status is VmStatus.Starting or VmStatus.Running or VmStatus.Paused)
        {
            return actor.View();
        }

        BootFiles files = await _parts.Images.OpenAsync(actor.Record.Image, cancellationToken).ConfigureAwait(false);
        IHypervisor hypervisor = await _parts.Hypervisors.FindAsync(cancellationToken).ConfigureAwait(false);
        _parts.Network.Preflight();
        return await actor.StartAsync(files, hypervisor, new Timeline(_parts.Time)).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<Vm> StopAsync(string name, bool force, CancellationToken cancellationToken) =>
        Find(name).StopAsync(force ? TimeSpan.Zero : _parts.Settings.StopGrace, "stopped as asked").WaitAsync(cancellationToken);

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

    private VmActor Lease(CreateVmRequest request, string image, int memory)
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
        switch (_parts.Store.CreateVm(row, ip => GuestMac.Of(name, ip), static vm => EventDraft.About(VmEventTypes.Created, vm)))
        {
            case CreateVmResult.Created created:
                VmActor actor = new(_parts, created.Vm);
                _actors[name] = actor;
                return actor;
            case CreateVmResult.PoolExhausted full:
                throw EngineProblems.PoolExhausted(full.Pool, full.NextFreeAt);
            default:
                throw EngineProblems.NameTaken(name);
        }
    }

    private static string NewName() => "vm-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
}

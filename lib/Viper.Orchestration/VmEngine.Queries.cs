using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Internal;
using Viper.State;

namespace Viper.Orchestration;

public sealed partial class VmEngine
{
    /// <inheritdoc/>
    public Vm Get(string name) => Find(name).View();

    /// <inheritdoc/>
    public IReadOnlyList<Vm> List(string? status, IReadOnlyDictionary<string, string>? labels, string? afterName, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return
        [
            .. _actors.Values
                .Where(a => !a.IsDeleted && (afterName is null || string.CompareOrdinal(a.Record.Name, afterName) > 0))
                .OrderBy(static a => a.Record.Name, StringComparer.Ordinal)
                .Select(static a => a.View())
                .Where(vm => (status is null || vm.Status == status) && (labels is null || labels.All(l => vm.Labels.TryGetValue(l.Key, out string? v) && v == l.Value)))
                .Take(limit),
        ];
    }

    /// <inheritdoc/>
    public Task<Vm> WaitReadyAsync(string name, TimeSpan timeout, CancellationToken cancellationToken) => WaitAsync(
        name,
        timeout,
        static (actor, vm) => vm.Status switch
        {
            VmStatus.Running when vm.Phase == VmPhase.Ready => true,
            VmStatus.Creating or VmStatus.Starting => false,
            _ => throw actor.StartFailure ?? EngineProblems.NotRunning(vm.Name, vm.Status),
        },
        EngineProblems.StartTimeout,
        cancellationToken);

    /// <inheritdoc/>
    public Task<Vm> WaitStoppedAsync(string name, TimeSpan timeout, CancellationToken cancellationToken) => WaitAsync(
        name,
        timeout,
        static (actor, vm) => vm.Status is VmStatus.Stopped or VmStatus.Crashed && actor.Run is null,
        EngineProblems.StopTimeout,
        cancellationToken);

    /// <inheritdoc/>
    public AgentAddress GetAgent(string name)
    {
        VmActor actor = Find(name);
        string status = actor.Record.Status;
        return actor.Run switch
        {
            { } run when status == VmStatus.Running => run.Agent,
            _ when status is VmStatus.Creating or VmStatus.Starting => throw EngineProblems.Starting(name),
            _ => throw EngineProblems.NotRunning(name, status),
        };
    }

    /// <inheritdoc/>
    public TicketEpoch GetTicketEpoch(string name) => Stored(Find(name).Tickets.Get);

    /// <inheritdoc/>
    public TicketEpoch RevokeTickets(string name)
    {
        VmActor actor = Find(name);
        return Stored(actor.Tickets.Revoke) ?? throw EngineProblems.NotFound(name);
    }

    /// <inheritdoc/>
    public SerialConsole GetConsole(string name)
    {
        VmActor actor = Find(name);
        string status = actor.Record.Status;
        return actor.Run switch
        {
            { Machine: { } machine } => machine.Serial,
            _ when status is VmStatus.Creating or VmStatus.Starting => throw EngineProblems.Starting(name),
            _ => throw EngineProblems.NotRunning(name, status),
        };
    }

    /// <inheritdoc/>
    public CancellationToken GetRunEnd(string name)
    {
        VmActor actor = Find(name);
        return actor.Run?.Ended ?? throw EngineProblems.NotRunning(name, actor.Record.Status);
    }

    /// <inheritdoc/>
    public SystemStatus GetStatus()
    {
        PoolUsage pool = _parts.Store.PoolUsage();
        IHypervisor? vmm = _parts.Hypervisors.Known;
        List<string> problems = [.. _parts.Hypervisors.Problem is { } lacking ? [lacking] : Array.Empty<string>()];
        try
        {
            _parts.Network.Preflight();
        }
        catch (EngineException e)
        {
            problems.Add(e.Message);
        }

        return new SystemStatus
        {
            Version = EngineVersion.Text,
            UptimeSeconds = (long)_parts.Time.GetElapsedTime(_opened).TotalSeconds,
            Vms = _actors.Values.GroupBy(static a => a.Record.Status).ToDictionary(static g => g.Key, static g => g.Count()),
            Hypervisor = vmm is null ? null : HypervisorNames.Of(vmm.Kind),
            Accelerator = vmm?.Info.Accelerator.ToString().ToLowerInvariant(),
            Problems = problems,
            CpuPercent = HostLoad.CpuPercent(),
            MemoryPercent = HostLoad.MemoryPercent(),
            PoolSize = pool.Total,
            PoolLeased = pool.Leased,
            LastSeq = _parts.Store.LastSeq,
        };
    }

    /// <inheritdoc/>
    public Vm KeepAlive(string name) => Find(name).KeepAlive();

    /// <inheritdoc/>
    public VmActivity GetActivity(string name) => Find(name).Activity;

    /// <inheritdoc/>
    public SystemLimits GetLimits() => _parts.Admission.List();

    /// <inheritdoc/>
    public IReadOnlyList<ImageInfo> ListImages() => _parts.Images.List();

    /// <summary>Waits until what callers see of a VM is what they want.</summary>
    internal async Task<Vm> WaitAsync(
        string name, TimeSpan timeout, Func<VmActor, Vm, bool> isReached, Func<string, TimeSpan, EngineException> late, CancellationToken cancellationToken)
    {
        VmActor actor = Find(name);
        using CancellationTokenSource deadline = new(timeout, _parts.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        while (true)
        {
            // Taken before the look, so that a change in between is not missed.
            Task change = actor.Changed.Next;
            Vm vm = actor.View();
            if (actor.IsDeleted)
            {
                throw EngineProblems.NotFound(name);
            }

            if (isReached(actor, vm))
            {
                return vm;
            }

            try
            {
                await change.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw late(name, timeout);
            }
        }
    }
}

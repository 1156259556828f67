using System.Text.Json;
using Viper.Contracts;
using Viper.Orchestration.Timers;
using Viper.State;

namespace Viper.Orchestration.Internal;

/// <summary>One VM: the only writer of its state. Commands run one after another in its mailbox.</summary>
/// <remarks>
/// Stopping and deleting do not wait behind a start: they cancel it, and it undoes itself before they run.
/// Reading is free of the mailbox: <see cref="View"/> shows the last committed row and the phase.
/// </remarks>
internal sealed partial class VmActor
{
    private readonly EngineParts _parts;
    private readonly Mailbox _mailbox = new();
    private readonly Lock _startGate = new();
    private readonly CreateVmRequest _spec;
    private readonly NetworkSpec _network;
    private volatile VmRecord _record;
    private volatile string? _phase;
    private volatile string? _browser;
    private volatile VmRun? _run;
    private volatile bool _isDeleted;
    private volatile EngineException? _startFailure;
    private CancellationTokenSource? _start;
    private CancellationTokenSource? _grace;
    private int _pendingEnds;
    private int _pendingCuts;

    public VmActor(EngineParts parts, VmRecord record, OperationRecord? operation = null)
    {
        _parts = parts;
        _record = record;
        BeganOperation(operation?.Id);
        _spec = SpecOf(record);
        _timers = VmTimers.Of(_spec);
        Activity = new VmActivity(parts.Time);
        Tickets = new VmTickets(parts.Store, record.Id);
        _network = NetworkOf(_spec);
    }

    /// <summary>Begins to carry out commands, and those that were posted before; to be called once.</summary>
    public void Begin() => _mailbox.Begin();

    /// <summary>Raised after each change of what <see cref="View"/> shows.</summary>
    public ChangeSignal Changed { get; } = new();

    /// <summary>What was asked for when the VM was created.</summary>
    public static CreateVmRequest SpecOf(VmRecord record) => JsonSerializer.Deserialize(record.SpecJson, ViperJson.Default.CreateVmRequest) ?? new CreateVmRequest();

    /// <summary>What a VM may do on the network; those of before there were policies had what is "internet" now.</summary>
    public static NetworkSpec NetworkOf(CreateVmRequest spec) => spec.Network ?? new NetworkSpec { Policy = NetworkPolicies.Internet };

    public VmRecord Record => _record;

    /// <summary>What tickets to the VM are held against.</summary>
    public VmTickets Tickets { get; }

    public bool IsDeleted => _isDeleted;

    /// <summary>Why the last start failed; null while one is under way and after one that did not.</summary>
    public EngineException? StartFailure => _startFailure;

    /// <summary>The present run; null where there is none.</summary>
    public VmRun? Run => _run;

    public string? Phase => _phase;

    /// <summary>The VM as callers see it.</summary>
    public Vm View()
    {
        VmRecord record = _record;
        string? phase = _phase;
        bool isUp = record.Status is VmStatus.Running or VmStatus.Paused;
        RunTimers? timers = isUp ? _runTimers : null;
        return new Vm
        {
            Id = record.Id,
            Name = record.Name,
            Status = record.Status,
            Phase = record.Status is VmStatus.Starting or VmStatus.Running ? phase : null,
            StatusReason = record.StatusReason,
            StatusCode = _endCode,
            CpuCores = record.CpuCores,
            MemoryMb = record.MemoryMb,
            Image = record.Image,
            IpAddress = record.IpAddress.ToString(),
            MacAddress = record.MacAddress,
            Hypervisor = record.Hypervisor,
            Pid = record.Pid,
            CreatedAt = record.CreatedAt,
            StartedAt = record.StartedAt,
            ReadyAt = record.ReadyAt,
            Labels = JsonSerializer.Deserialize(record.LabelsJson, ViperJson.Default.IReadOnlyDictionaryStringString) ?? new Dictionary<string, string>(),
            Network = _network,
            IdleTimeoutSeconds = _timers.IdleTimeout > TimeSpan.Zero ? _spec.IdleTimeoutSeconds : null,
            MaxLifetimeSeconds = _timers.MaxLifetime > TimeSpan.Zero ? _spec.MaxLifetimeSeconds : null,
            Restart = _timers.Restart,
            IdleDeadline = record.Status == VmStatus.Running ? After(timers?.IdleLeft) : null,
            ExpiresAt = After(timers?.LifeLeft),
            Revision = record.Revision,
            Browser = isUp && _browser is { } product ? new VmBrowser(product) : null,
        };
    }

    /// <summary>Appends a sample of what the VM was denied to the event log.</summary>
    public void ReportDenied(NetworkDeniedData data)
    {
        if (_isDeleted)
        {
            return;
        }

        try
        {
            string json = JsonSerializer.Serialize(data, ViperJson.Default.NetworkDeniedData);
            _parts.Store.AppendEvent(EventDraft.About(VmEventTypes.NetworkDenied, _record, json));
            _parts.EventAppended.Raise();
        }
        catch (StateException e)
        {
            Log.DenialNotStored(_parts.Log, _record.Name, e);
        }
    }

    private void SetPhase(string? phase)
    {
        _phase = phase;
        Changed.Raise();
    }

    /// <summary>Commits a change and, with it, an event and the beginning or end of an operation; shows them to whoever waits.</summary>
    private void Commit(VmChange change, string? eventType, Func<VmRecord, string>? data = null, NewOperation? begin = null, OperationEnd? end = null)
    {
        OperationEnd? due = end ?? _lateEnd;
        Func<VmRecord, EventDraft>? draft = eventType is null ? null : vm => EventDraft.About(eventType, vm, data?.Invoke(vm) ?? "{}");
        if (_parts.Store.UpdateVm(_record.Id, change, draft, begin, due) is UpdateVmResult.Updated updated)
        {
            bool isNewStatus = updated.Vm.Status != _record.Status;
            _record = updated.Vm;
            _lateEnd = null;
            if (due is not null || updated.Begun is not null)
            {
                // After the row: whoever learns that a start cannot be cancelled any more sees what became of the VM.
                BeganOperation(updated.Begun?.Id);
            }

            if (isNewStatus)
            {
                Log.StatusChanged(_parts.Log, updated.Vm.Name, updated.Vm.Status);
            }

            if (updated.Event is not null)
            {
                _parts.EventAppended.Raise();
            }
        }

        Changed.Raise();
    }

    /// <summary>Commits a status whatever the disk says: what is true of the VM is shown, and what it holds must be released, also when it cannot be stored.</summary>
    private void CommitStatus(
        VmChange change, string status, string? reason, string? eventType, Func<VmRecord, string>? data = null, OperationEnd? end = null)
    {
        try
        {
            Commit(change, eventType, data, end: end);
        }
        catch (StateException e)
        {
            Log.NotStored(_parts.Log, _record.Name, status, e);
            bool hasVmm = status is VmStatus.Stopping or VmStatus.Deleting;
            _record = _record with { Status = status, StatusReason = reason, Pid = hasVmm ? _record.Pid : null };
            if (end is not null)
            {
                _lateEnd = end;
                _operation = null;
            }

            Changed.Raise();
        }
    }

    private static string ReasonJson(VmReasonData data) => JsonSerializer.Serialize(data, ViperJson.Default.VmReasonData);
}

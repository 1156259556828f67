using System.Net;
using System.Text.Json;
using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration;

namespace Viper.TestKit.Engine;

/// <summary>An engine that keeps its VMs in memory and moves them as a test says, with the answers and events of the real one.</summary>
public sealed partial class ScriptedEngine : IVmEngine, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, ScriptedVm> _vms = new(StringComparer.Ordinal);
    private readonly List<VmEvent> _events = [];
    private readonly CancellationTokenSource _disposed = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _firstSeq = 1;
    private long _lastSeq;
    private int _nextId;

    /// <summary>Whether a created or started VM becomes ready by itself; otherwise it stays in <c>boot</c> until <see cref="MakeReady"/>.</summary>
    public bool AutoReady { get; set; } = true;

    /// <summary>How many VMs there can be.</summary>
    public int PoolSize { get; set; } = 245;

    /// <summary>The images that are installed.</summary>
    public List<ImageInfo> Images { get; } =
    [
        new() { Name = "browser", ContentId = "sha256:5d41402abc4b2a76b9719d911017c592", Bytes = 215_000_000, MinMemoryMb = 640, Browser = "chromium-headless-shell 156.0.8078.73" },
    ];

    /// <summary>What keeps VMs from starting; creation fails with <c>host_not_ready</c> while there is anything.</summary>
    public List<string> HostProblems { get; } = [];

    /// <summary>Where every VM's agent is said to listen.</summary>
    public IPEndPoint AgentEndPoint { get; set; } = new(IPAddress.Loopback, 9);

    /// <summary>The secret of every VM's agent.</summary>
    public string AgentToken { get; set; } = "5ec2e7-of-the-scripted-vm";

    /// <summary>Whether <see cref="DisposeAsync"/> has been called.</summary>
    public bool IsDisposed => _disposed.IsCancellationRequested;

    /// <inheritdoc/>
    public Task<Vm> CreateAsync(CreateVmRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (CreateVmValidation.Check(request) is { } problem)
        {
            throw new EngineException(problem);
        }

        lock (_lock)
        {
            string name = request.Name ?? $"vm-{_nextId + 1}";
            string image = request.Image ?? VmLimits.DefaultImage;
            if (_vms.ContainsKey(name))
            {
                throw Refused(409, ProblemCodes.VmExists, $"There is a VM named '{name}' already; delete it or choose another name.");
            }

            if (Images.All(i => i.Name != image))
            {
                throw Refused(422, ProblemCodes.ImageNotFound, $"No image named '{image}' is installed; run 'viper images build {image}'.");
            }

            if (HostProblems.Count > 0)
            {
                throw Refused(503, ProblemCodes.HostNotReady, HostProblems[0]);
            }

            if (NextRefusal is { } refusal)
            {
                NextRefusal = null;
                throw new EngineException(refusal);
            }

            if (_vms.Count >= PoolSize)
            {
                Problem full = Problem.Create(429, ProblemCodes.CapacityExhausted, $"All {PoolSize} addresses are leased; delete a VM first.");
                throw new EngineException(full with { Limit = PoolSize, Running = _vms.Count, Queued = 0 });
            }

            ScriptedVm vm = new(NewVm(name, image, request));
            _vms.Add(name, vm);
            Append(vm, VmEventTypes.Created, VmStatus.Creating, "{}");
            return Task.FromResult(Boot(vm, OperationKinds.VmCreate));
        }
    }

    /// <inheritdoc/>
    public Task<Vm> StartAsync(string name, CancellationToken cancellationToken) => Task.FromResult(Start(name, OperationKinds.VmStart));

    /// <inheritdoc/>
    public async Task<Vm> RestartAsync(string name, bool force, CancellationToken cancellationToken)
    {
        await StopAsync(name, force, cancellationToken);
        return Start(name, OperationKinds.VmRestart);
    }

    /// <inheritdoc/>
    public Task<Vm> PauseAsync(string name, CancellationToken cancellationToken) => Move(name, "pause", VmStatus.Running, VmStatus.Paused, VmEventTypes.Paused);

    /// <inheritdoc/>
    public Task<Vm> ResumeAsync(string name, CancellationToken cancellationToken) => Move(name, "resume", VmStatus.Paused, VmStatus.Running, VmEventTypes.Resumed);

    /// <inheritdoc/>
    public Task<Vm> StopAsync(string name, bool force, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ScriptedVm vm = Find(name);
            if (vm.Now.Status is not (VmStatus.Stopped or VmStatus.Crashed))
            {
                if (!force)
                {
                    vm.Change(v => v with { Status = VmStatus.Stopping, Phase = null });
                    Append(vm, VmEventTypes.Stopping, VmStatus.Stopping, "{}");
                }

                vm.LastStopWasForced = force;
                End(vm, VmStatus.Stopped, force ? "ended at once, as asked" : "shut down as asked", VmEventTypes.Stopped, null);
            }

            return Task.FromResult(vm.Now);
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ScriptedVm vm = Find(name);
            _vms.Remove(name);
            EndOperation(vm, OperationStatuses.Cancelled);
            vm.Change(v => v with { Status = VmStatus.Deleting, Phase = null, Pid = null });
            Append(vm, VmEventTypes.Deleted, VmStatus.Deleting, "{}");
            vm.EndRun();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Vm Get(string name)
    {
        lock (_lock)
        {
            return Find(name).Now;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Vm> List(string? status, IReadOnlyDictionary<string, string>? labels, string? afterName, int limit)
    {
        lock (_lock)
        {
            return
            [
                .. _vms.Values.Select(v => v.Now)
                    .Where(v => afterName is null || string.CompareOrdinal(v.Name, afterName) > 0)
                    .Where(v => status is null || v.Status == status)
                    .Where(v => labels is null || labels.All(l => v.Labels.TryGetValue(l.Key, out string? value) && value == l.Value))
                    .Take(limit),
            ];
        }
    }

    /// <inheritdoc/>
    public AgentAddress GetAgent(string name)
    {
        lock (_lock)
        {
            Vm vm = Find(name).Now;
            return vm.Status switch
            {
                VmStatus.Running when vm.Phase == VmPhase.Ready => new AgentAddress(AgentEndPoint, AgentToken),
                VmStatus.Running or VmStatus.Starting or VmStatus.Creating =>
                    throw Refused(503, ProblemCodes.VmStarting, $"VM '{name}' is still starting ({vm.Phase}); wait until it is ready."),
                _ => throw Refused(409, ProblemCodes.VmNotRunning, $"VM '{name}' is {vm.Status}; start it first."),
            };
        }
    }

    /// <inheritdoc/>
    public TicketEpoch GetTicketEpoch(string name)
    {
        lock (_lock)
        {
            ScriptedVm vm = Find(name);
            return new TicketEpoch(vm.Now.Id, vm.TicketEpoch, vm.TicketsRevoked.Token);
        }
    }

    /// <inheritdoc/>
    public TicketEpoch RevokeTickets(string name)
    {
        CancellationTokenSource revoked;
        lock (_lock)
        {
            revoked = Find(name).RevokeTickets();
        }

        revoked.Cancel();
        return GetTicketEpoch(name);
    }

    /// <inheritdoc/>
    public SerialConsole GetConsole(string name)
    {
        lock (_lock)
        {
            ScriptedVm vm = Find(name);
            return vm.Now.Status is VmStatus.Running or VmStatus.Starting
                ? vm.Serial.Console
                : throw Refused(409, ProblemCodes.VmNotRunning, $"VM '{name}' is {vm.Now.Status}; start it first.");
        }
    }

    /// <inheritdoc/>
    public CancellationToken GetRunEnd(string name)
    {
        lock (_lock)
        {
            return Find(name).RunEnd;
        }
    }

    /// <inheritdoc/>
    public SystemStatus GetStatus()
    {
        lock (_lock)
        {
            return new SystemStatus
            {
                Version = "0.1.0",
                UptimeSeconds = 1,
                Vms = _vms.Values.GroupBy(v => v.Now.Status).ToDictionary(g => g.Key, g => g.Count()),
                Hypervisor = "qemu",
                Accelerator = "tcg",
                Problems = [.. HostProblems],
                CpuPercent = 12.5,
                MemoryPercent = 40,
                PoolSize = PoolSize,
                PoolLeased = _vms.Count,
                LastSeq = _lastSeq,
            };
        }
    }

    /// <inheritdoc/>
    public Vm KeepAlive(string name)
    {
        GetActivity(name).Touch();
        return Get(name);
    }

    /// <inheritdoc/>
    public VmActivity GetActivity(string name)
    {
        lock (_lock)
        {
            return Find(name).Activity;
        }
    }

    /// <inheritdoc/>
    public SystemLimits GetLimits()
    {
        lock (_lock)
        {
            return new SystemLimits
            {
                MaxVms = PoolSize,
                Running = _vms.Count,
                Queued = 0,
                QueueLength = 100,
                QueueTimeoutSeconds = 300,
                Resources = [new ResourceLimit(VmResources.Vms, PoolSize, _vms.Count), new ResourceLimit(VmResources.CpuCores, null, 2)],
            };
        }
    }

    /// <summary>What the next create is refused with; null where it is not.</summary>
    public Problem? NextRefusal { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<ImageInfo> ListImages() => [.. Images];

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _disposed.Cancel();
        return ValueTask.CompletedTask;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static EngineException Refused(int status, string code, string detail) => new(Problem.Create(status, code, detail));

    private Task<Vm> Move(string name, string command, string from, string to, string eventType)
    {
        lock (_lock)
        {
            ScriptedVm vm = Find(name);
            string status = vm.Now.Status;
            if (status == from)
            {
                vm.Change(v => v with { Status = to });
                Append(vm, eventType, to, "{}");
            }
            else if (status != to)
            {
                Problem conflict = Problem.Create(409, ProblemCodes.VmNotRunning, $"Cannot {command} VM '{name}': it is {status}.");
                throw new EngineException(conflict with { State = status, Command = command });
            }

            return Task.FromResult(vm.Now);
        }
    }

    private ScriptedVm Find(string name) =>
        _vms.TryGetValue(name, out ScriptedVm? vm) ? vm : throw Refused(404, ProblemCodes.VmNotFound, $"No VM named '{name}'.");

    private Vm NewVm(string name, string image, CreateVmRequest request)
    {
        int id = ++_nextId;
        return new Vm
        {
            Id = $"vm_{id:D8}",
            Name = name,
            Status = VmStatus.Creating,
            Phase = VmPhase.LeaseIp,
            CpuCores = request.CpuCores ?? VmLimits.DefaultCpuCores,
            MemoryMb = request.MemoryMb ?? VmLimits.DefaultMemoryMb,
            Image = image,
            IpAddress = $"192.168.127.{9 + id}",
            MacAddress = $"02:00:00:00:00:{id % 256:x2}",
            CreatedAt = DateTimeOffset.UtcNow,
            Labels = request.Labels ?? new Dictionary<string, string>(),
            Network = request.Network,
            IdleTimeoutSeconds = request.IdleTimeoutSeconds,
            MaxLifetimeSeconds = request.MaxLifetimeSeconds,
            Restart = request.Restart ?? RestartPolicies.Never,
            Revision = 1,
        };
    }

    private Vm Start(string name, string kind)
    {
        lock (_lock)
        {
            ScriptedVm vm = Find(name);
            return vm.Now.Status is VmStatus.Stopped or VmStatus.Crashed ? Boot(vm, kind) : vm.Now;
        }
    }

    private Vm Boot(ScriptedVm vm, string kind)
    {
        vm.BeginRun();
        BeginOperation(vm, kind);
        vm.Change(v => v with { Status = VmStatus.Starting, Phase = VmPhase.Boot, StatusReason = null, Hypervisor = "qemu", Pid = 4242 });
        Vm started = vm.Now;
        Raise();
        if (AutoReady)
        {
            BecomeReady(vm);
        }

        return started;
    }

    private void Append(ScriptedVm vm, string type, string status, string data)
    {
        using JsonDocument document = JsonDocument.Parse(data);
        _events.Add(new VmEvent
        {
            Seq = ++_lastSeq,
            Type = type,
            Time = DateTimeOffset.UtcNow,
            Vm = new VmEventSubject(vm.Now.Id, vm.Now.Name, status),
            Data = document.RootElement.Clone(),
        });
        Raise();
    }

    private void Raise()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }
}

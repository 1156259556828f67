using Viper.Contracts;
using Viper.Hypervisor;

namespace Viper.Orchestration;

/// <summary>The life of every VM of one state directory.</summary>
/// <remarks>
/// Thread-safe. Every method throws <see cref="EngineException"/> with a code of <see cref="ProblemCodes"/> for what a
/// caller can be told, and <see cref="OperationCanceledException"/> when its token ends; a command that has been
/// accepted goes on without its caller.
/// </remarks>
public interface IVmEngine
{
    /// <summary>Commits a VM and its lease and begins to boot it; returns the VM as <c>starting</c>.</summary>
    /// <remarks>Without a place it throws <c>capacity_exhausted</c> or <c>host_overloaded</c>, or waits for one as the request asks; so does a start, without waiting. No other command is ever refused for want of a place.</remarks>
    Task<Vm> CreateAsync(CreateVmRequest request, CancellationToken cancellationToken);

    /// <summary>Begins to boot a stopped or crashed VM; a starting or running one is returned as it is, a paused one is a conflict.</summary>
    Task<Vm> StartAsync(string name, CancellationToken cancellationToken);

    /// <summary>Ends a VM's run, if it has one, and begins the next; what would keep it from starting again leaves it as it is.</summary>
    /// <param name="name">The VM.</param>
    /// <param name="force">Whether to end the VMM at once instead of asking the guest to shut down first.</param>
    /// <param name="cancellationToken">Ends the wait, not the restart.</param>
    Task<Vm> RestartAsync(string name, bool force, CancellationToken cancellationToken);

    /// <summary>Holds the vCPUs of a running VM; memory, address and process stay. A paused one is returned as it is.</summary>
    Task<Vm> PauseAsync(string name, CancellationToken cancellationToken);

    /// <summary>Lets the vCPUs of a paused VM run again; a running one is returned as it is.</summary>
    Task<Vm> ResumeAsync(string name, CancellationToken cancellationToken);

    /// <summary>Counts as use of the VM; returns it with its new idle deadline, or throws <c>vm_not_running</c>.</summary>
    Vm KeepAlive(string name);

    /// <summary>When the VM was last used; whoever uses it for a caller says so there.</summary>
    VmActivity GetActivity(string name);

    /// <summary>Stops a VM and waits until its VMM is gone; a stopped one is returned as it is.</summary>
    /// <param name="name">The VM.</param>
    /// <param name="force">Whether to end the VMM at once instead of asking the guest to shut down first.</param>
    /// <param name="cancellationToken">Ends the wait, not the stop.</param>
    Task<Vm> StopAsync(string name, bool force, CancellationToken cancellationToken);

    /// <summary>Ends a VM in whatever state it is and frees everything it had.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>The VM of that name.</summary>
    Vm Get(string name);

    /// <summary>VMs by name, at most <paramref name="limit"/> that sort after <paramref name="afterName"/>.</summary>
    IReadOnlyList<Vm> List(string? status, IReadOnlyDictionary<string, string>? labels, string? afterName, int limit);

    /// <summary>Waits until the VM is ready; throws with <c>start_failed</c>, <c>start_timeout</c>, <c>vm_not_running</c> or <c>vm_not_found</c> once it cannot become so.</summary>
    Task<Vm> WaitReadyAsync(string name, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Waits until the VM's VMM is gone.</summary>
    Task<Vm> WaitStoppedAsync(string name, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Where the agent of a running VM listens and the secret that it asks for; throws <c>vm_starting</c> or <c>vm_not_running</c>.</summary>
    AgentAddress GetAgent(string name);

    /// <summary>What tickets to the VM are held against.</summary>
    TicketEpoch GetTicketEpoch(string name);

    /// <summary>Makes every ticket that was given to the VM void, for good; returns what later ones are held against.</summary>
    TicketEpoch RevokeTickets(string name);

    /// <summary>The serial console of the VM's present run, from its boot on; throws <c>vm_starting</c> or <c>vm_not_running</c>.</summary>
    SerialConsole GetConsole(string name);

    /// <summary>A token that ends when the VM's present run ends, with the reason known to <see cref="Get"/> by then.</summary>
    CancellationToken GetRunEnd(string name);

    /// <summary>The durable events after <paramref name="afterSeq"/>, then each new one as it is committed, without end.</summary>
    /// <param name="afterSeq">The last event already seen; null for new ones only.</param>
    /// <param name="vm">Only events about this name; null for all.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    IAsyncEnumerable<VmEvent> ReadEventsAsync(long? afterSeq, string? vm, CancellationToken cancellationToken);

    /// <summary>One of the VM's logs, its last <paramref name="tailLines"/> lines and, if asked, what follows.</summary>
    /// <param name="name">The VM.</param>
    /// <param name="source"><c>serial</c> or <c>hypervisor</c>.</param>
    /// <param name="tailLines">How many lines of the past, 0 to 100,000.</param>
    /// <param name="follow">Whether to go on until the VM is deleted or the token ends.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    IAsyncEnumerable<string> ReadLogAsync(string name, string source, int tailLines, bool follow, CancellationToken cancellationToken);

    /// <summary>Operations by id, which is by time of creation; at most <paramref name="limit"/> that sort after <paramref name="afterId"/>.</summary>
    /// <param name="status">One of <see cref="OperationStatuses"/>; null for all.</param>
    /// <param name="vm">Only those about a VM of this name, past ones too; null for all.</param>
    /// <param name="afterId">The last id already seen; null for the first page.</param>
    /// <param name="limit">How many at most, 1 or more.</param>
    /// <remarks>An end that could not be stored yet is shown by <see cref="GetOperation"/> alone.</remarks>
    IReadOnlyList<Operation> ListOperations(string? status, string? vm, string? afterId, int limit);

    /// <summary>The operation of that id; throws <c>operation_not_found</c>.</summary>
    Operation GetOperation(string id);

    /// <summary>The id of the operation that last began a run of the VM; null where no caller has begun one since the daemon was started.</summary>
    string? GetLastOperation(string name);

    /// <summary>Cancels a running operation as a forced stop would, which leaves its VM stopped; returns it as it ended.</summary>
    /// <remarks>Throws <c>operation_not_found</c>, or <c>operation_finished</c> for one that has ended.</remarks>
    Task<Operation> CancelOperationAsync(string id, CancellationToken cancellationToken);

    /// <summary>The state of the whole.</summary>
    SystemStatus GetStatus();

    /// <summary>What VMs may have of the host, and what they have.</summary>
    SystemLimits GetLimits();

    /// <summary>The installed images.</summary>
    IReadOnlyList<ImageInfo> ListImages();
}

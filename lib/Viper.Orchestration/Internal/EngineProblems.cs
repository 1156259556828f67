using Viper.Contracts;
using Viper.Orchestration.Admission;
using Viper.Orchestration.Lifecycle;
using Viper.State;

namespace Viper.Orchestration.Internal;

/// <summary>What the engine tells its callers when it cannot do what they ask.</summary>
internal static class EngineProblems
{
    public static EngineException NotFound(string name) =>
        Make(404, ProblemCodes.VmNotFound, $"No VM named '{name}'.");

    public static EngineException OperationNotFound(string id) =>
        Make(404, ProblemCodes.OperationNotFound, $"No operation '{id}'; one that ended a day ago or more may be forgotten.");

    public static EngineException OperationFinished(string id, OperationStatus? status = null) => Make(
        409,
        ProblemCodes.OperationFinished,
        $"Operation '{id}' has ended already{(status is { } end ? $": it {(end == OperationStatus.Cancelled ? "was " : "")}{OperationViews.Spell(end)}" : "")}.");

    public static EngineException NameTaken(string name) =>
        Make(409, ProblemCodes.VmExists, $"A VM named '{name}' exists; delete it first or choose another name.");

    public static EngineException PoolExhausted(PoolUsage pool, DateTimeOffset? nextFreeAt, int queued) =>
        new(Problem.Create(429, ProblemCodes.CapacityExhausted, nextFreeAt is { } next
            ? $"No address of the pool's {pool.Total} is free: {pool.Leased} are leased, {pool.Quarantined} rest after their release, the first of them until {next:O}. Try again then, or enlarge the subnet."
            : $"All {pool.Total} addresses of the pool are leased; delete a VM or enlarge the subnet.") with
        {
            Resource = VmResources.Addresses,
            Limit = pool.Total,
            Running = pool.Leased,
            Queued = queued,
        });

    /// <summary>A VM has no place; null for a shortage means that others wait for theirs.</summary>
    public static EngineException NoCapacity(Shortage? shortage, int running, int queued, int? queueLength)
    {
        string why = shortage is null ? $"{queued} others wait for a place already" : Words(shortage);
        string remedy = shortage is { IsForEver: true } ? "It would not fit even alone; ask for less"
            : queueLength is { } length ? $"The queue of {length} is full; try again later"
            : "Try again later, wait for a place (queue_wait_seconds), or stop a VM";
        return Capacity($"No place for another VM: {why}. {remedy}.", shortage, running, queued);
    }

    public static EngineException QueueTimeout(Shortage? shortage, int running, int queued, TimeSpan waited)
    {
        string why = shortage is null ? "others wait for theirs" : Words(shortage);
        return Capacity($"No place for another VM within {waited.TotalSeconds:0.#} s: {why}. Try again later, or stop a VM.", shortage, running, queued);
    }

    public static EngineException Overloaded(Shortage pressure, int running, int queued) =>
        new(Problem.Create(
            503,
            ProblemCodes.HostOverloaded,
            $"The host has {pressure.Used} MiB of {pressure.Resource} left and is to keep {pressure.Limit} MiB; stop a VM or free some.") with
        {
            Running = running,
            Queued = queued,
            Limit = Int(pressure.Limit),
        });

    public static EngineException NotRunning(string name, string status) =>
        Make(409, ProblemCodes.VmNotRunning, $"VM '{name}' is {status}, not running.");

    /// <summary>A command that the lifecycle has no way for.</summary>
    public static EngineException Conflict(string name, string status, VmCommand command, string code)
    {
        string word = Word(command);
        string remedy = status switch
        {
            VmStatus.Paused => "; resume it first",
            VmStatus.Creating or VmStatus.Starting => "; wait until it is ready",
            _ => "",
        };
        return new(Problem.Create(409, code, $"Cannot {word} VM '{name}': it is {status}{remedy}.") with { State = status, Command = word });
    }

    public static EngineException VmmEnded(string name, Exception cause) =>
        new(Problem.Create(409, ProblemCodes.VmNotRunning, $"VM '{name}' has just ended; look at it again."), cause);

    public static EngineException VmmFailed(string name, VmCommand command, Exception cause) =>
        new(Problem.Create(502, ProblemCodes.VmmFailed, $"Cannot {Word(command)} VM '{name}': {cause.Message}"), cause);

    public static EngineException VmmSilent(string name, VmCommand command, TimeSpan limit, Exception cause) =>
        new(Problem.Create(502, ProblemCodes.VmmFailed, $"Cannot {Word(command)} VM '{name}': its VMM did not answer within {limit.TotalSeconds:0} s, or was to end before. If its process is stopped (SIGSTOP), let it go on or delete the VM."), cause);

    public static EngineException Starting(string name) =>
        Make(503, ProblemCodes.VmStarting, $"VM '{name}' is still starting; try again when it is ready.");

    public static EngineException StartTimeout(string name, TimeSpan timeout) =>
        Make(504, ProblemCodes.StartTimeout, $"VM '{name}' was not ready within {timeout.TotalSeconds:0.#} s; it goes on starting.");

    public static EngineException StopTimeout(string name, TimeSpan timeout) =>
        Make(504, ProblemCodes.StopTimeout, $"VM '{name}' was not stopped within {timeout.TotalSeconds:0.#} s.");

    public static EngineException StartFailed(string name, string reason, Exception? cause = null) =>
        new(Problem.Create(500, ProblemCodes.StartFailed, $"VM '{name}' could not start: {reason}"), cause);

    public static EngineException HostNotReady(string reason, Exception? cause = null) =>
        new(Problem.Create(503, ProblemCodes.HostNotReady, reason), cause);

    public static EngineException ImageNotFound(string reason, Exception? cause = null) =>
        new(Problem.Create(422, ProblemCodes.ImageNotFound, reason), cause);

    public static EngineException ImageCorrupt(string reason, Exception? cause = null) =>
        new(Problem.Create(500, ProblemCodes.ImageCorrupt, reason), cause);

    public static EngineException Storage(Exception cause) =>
        new(Problem.Create(503, ProblemCodes.StorageFailed, cause.Message), cause);

    public static EngineException ShuttingDown() =>
        Make(503, ProblemCodes.ShuttingDown, "The daemon is shutting down.");

    public static EngineException Invalid(string pointer, string code, string detail) =>
        new(Problem.Create(400, ProblemCodes.ValidationFailed, $"{pointer[2..]}: {detail}") with { Errors = [new ProblemError(pointer, code, detail)] });

    private static EngineException Capacity(string detail, Shortage? shortage, int running, int queued) =>
        new(Problem.Create(429, ProblemCodes.CapacityExhausted, detail) with
        {
            Retryable = shortage is not { IsForEver: true },
            Resource = shortage?.Resource,
            Limit = shortage is null ? null : Int(shortage.Limit),
            Running = running,
            Queued = queued,
        });

    private static string Words(Shortage shortage) => shortage.Resource switch
    {
        VmResources.Vms => $"{shortage.Used} of {shortage.Limit} VMs are up",
        VmResources.OwnerVms => $"its owner has {shortage.Used} of {shortage.Limit} VMs up",
        _ => $"of {shortage.Limit} {shortage.Resource} VMs have {shortage.Used}, and it wants {shortage.Wanted}",
    };

    private static int Int(long value) => (int)Math.Min(value, int.MaxValue);

    private static string Word(VmCommand command) => command.ToString().ToLowerInvariant();

    private static EngineException Make(int status, string code, string detail) => new(Problem.Create(status, code, detail));
}

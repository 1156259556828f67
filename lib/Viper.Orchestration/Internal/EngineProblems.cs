using Viper.Contracts;
using Viper.State;

namespace Viper.Orchestration.Internal;

/// <summary>What the engine tells its callers when it cannot do what they ask.</summary>
internal static class EngineProblems
{
    public static EngineException NotFound(string name) =>
        Make(404, ProblemCodes.VmNotFound, $"No VM named '{name}'.");

    public static EngineException NameTaken(string name) =>
        Make(409, ProblemCodes.VmExists, $"A VM named '{name}' exists; delete it first or choose another name.");

    public static EngineException PoolExhausted(PoolUsage pool, DateTimeOffset? nextFreeAt) =>
        new(Problem.Create(429, ProblemCodes.CapacityExhausted, nextFreeAt is { } next
            ? $"No address of the pool's {pool.Total} is free: {pool.Leased} are leased, {pool.Quarantined} rest after their release, the first of them until {next:O}. Try again then, or enlarge the subnet."
            : $"All {pool.Total} addresses of the pool are leased; delete a VM or enlarge the subnet.") with
        {
            Limit = pool.Total,
            Running = pool.Leased,
            Queued = 0,
        });

    public static EngineException NotRunning(string name, string status) =>
        Make(409, ProblemCodes.VmNotRunning, $"VM '{name}' is {status}, not running.");

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

    private static EngineException Make(int status, string code, string detail) => new(Problem.Create(status, code, detail));
}

using Viper.Contracts;
using Viper.Orchestration.Lifecycle;
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

    private static string Word(VmCommand command) => command.ToString().ToLowerInvariant();

    private static EngineException Make(int status, string code, string detail) => new(Problem.Create(status, code, detail));
}

using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli;

/// <summary>How the program ends.</summary>
internal static class ExitCode
{
    internal const int Done = 0;
    internal const int Failed = 1;
    internal const int Usage = 2;
    internal const int NotFound = 3;
    internal const int Conflict = 4;
    internal const int Refused = 5;
    internal const int NotReachable = 6;
    internal const int Deadline = 7;
    internal const int CommandNotExecutable = 126;
    internal const int CommandNotFound = 127;
    internal const int Interrupted = 130;

    internal static int Of(ViperClientException error) => error is ViperApiException api ? Of(api.Problem) : NotReachable;

    internal static int Of(Problem problem) => problem.Code switch
    {
        // As a shell says it of a program.
        "command_not_found" => CommandNotFound,
        "command_not_executable" => CommandNotExecutable,
        "directory_not_found" => NotFound,
        ProblemCodes.VmNotFound or ProblemCodes.OperationNotFound or ProblemCodes.ImageNotFound or ProblemCodes.NotFound => NotFound,
        ProblemCodes.ValidationFailed or ProblemCodes.UnknownField => Usage,
        ProblemCodes.VmExists or ProblemCodes.VmNotRunning or ProblemCodes.VmBusy or ProblemCodes.VmStarting or ProblemCodes.OperationFinished or ProblemCodes.ConsoleTaken => Conflict,
        ProblemCodes.CapacityExhausted or ProblemCodes.HostOverloaded or ProblemCodes.Unauthorized or ProblemCodes.TicketRefused or ProblemCodes.Forbidden or ProblemCodes.ForbiddenHost or ProblemCodes.ForbiddenOrigin => Refused,
        ProblemCodes.AgentUnreachable or ProblemCodes.ShuttingDown => NotReachable,
        ProblemCodes.StartTimeout or ProblemCodes.StopTimeout => Deadline,
        _ => OfStatus(problem.Status),
    };

    // Codes that this version does not know.
    private static int OfStatus(int status) => status switch
    {
        400 or 413 or 415 => Usage,
        404 => NotFound,
        409 or 412 => Conflict,
        401 or 403 or 429 => Refused,
        504 or 408 => Deadline,
        _ => Failed,
    };
}

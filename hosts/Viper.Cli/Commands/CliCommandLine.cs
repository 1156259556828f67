using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.Json;
using System.Text.RegularExpressions;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary>The verbs of <c>viper</c>, and the exit code of every way in which one can end.</summary>
internal static partial class CliCommandLine
{
    internal static async Task<int> RunAsync(string[] arguments, CliContext context, CancellationToken interrupt)
    {
        if (DaemonVerbs.IsOne(arguments))
        {
            return DaemonVerbs.HandOver(arguments, context.Errors);
        }

        // What a stranger tries first.
        arguments = arguments switch
        {
            [] => ["--help"],
            ["--version"] => ["version"],
            _ => arguments,
        };
        bool wantsJson = arguments.Contains("--json");
        try
        {
            ParseResult parsed = Make(context).Parse(arguments);
            if (parsed.Action is ParseErrorAction)
            {
                return Complain(context, wantsJson, ExitCode.Usage, ProblemCodes.ValidationFailed, 400, Words(parsed) + " Try --help.");
            }

            InvocationConfiguration configuration = new()
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = context.Output,
                Error = context.Errors,
            };
            return await parsed.InvokeAsync(configuration, interrupt);
        }
        catch (UsageException error)
        {
            return Complain(context, wantsJson, ExitCode.Usage, ProblemCodes.ValidationFailed, 400, error.Message);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            // A name or number that no request can be made of.
            return Complain(context, wantsJson, ExitCode.Usage, ProblemCodes.ValidationFailed, 400, error.Message);
        }
        catch (ViperApiException error)
        {
            return Complain(context, wantsJson, ExitCode.Of(error), error.Problem);
        }
        catch (ProblemException error)
        {
            return Complain(context, wantsJson, ExitCode.Of(error.Problem), error.Problem);
        }
        catch (ViperUnreachableException error)
        {
            return Complain(context, wantsJson, ExitCode.NotReachable, "daemon_unreachable", 503, error.Message);
        }
        catch (DeadlineException error)
        {
            return Complain(context, wantsJson, ExitCode.Deadline, ProblemCodes.StartTimeout, 504, error.Message);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Complain(context, wantsJson, ExitCode.Failed, ProblemCodes.Internal, 500, error.Message);
        }
    }

    private static RootCommand Make(CliContext context)
    {
        RootCommand root = new("viper drives headless browsers in microVMs through the daemon viperd. VIPER_API_BASE names the daemon's address, VIPER_API_KEY its key, where it asks for one.");
        for (int at = root.Options.Count - 1; at >= 0; at--)
        {
            // The version is a verb here, which asks the daemon too.
            if (root.Options[at] is VersionOption)
            {
                root.Options.RemoveAt(at);
            }
        }

        root.Options.Add(context.ApiBase);
        root.Options.Add(context.Json);
        root.Subcommands.Add(VmsCommand.Make(context));
        root.Subcommands.Add(OperationsCommand.Make(context));
        root.Subcommands.Add(ScreenshotCommand.Make(context));
        root.Subcommands.Add(LimitsCommand.Make(context));
        root.Subcommands.Add(VersionCommand.Make(context));
        foreach ((string verb, string help) in DaemonVerbs.Help)
        {
            root.Subcommands.Add(new Command(verb, help));
        }

        return root;
    }

    private static string Words(ParseResult parsed) => string.Join(' ', parsed.Errors.Select(e => TypeName().Replace(e.Message, "as a number")));

    // The parser names the types of its own language.
    [GeneratedRegex("as expected type '[^']*(Int32|Int64)[^']*'")]
    private static partial Regex TypeName();

    private static int Complain(CliContext context, bool wantsJson, int exitCode, string code, int status, string detail) =>
        Complain(context, wantsJson, exitCode, Problem.Create(status, code, detail));

    private static int Complain(CliContext context, bool wantsJson, int exitCode, Problem problem)
    {
        if (wantsJson)
        {
            context.Errors.WriteLine(JsonSerializer.Serialize(problem, ViperJson.Readable.Problem));
            return exitCode;
        }

        IReadOnlyList<ProblemError> errors = problem.Errors ?? [];
        if (errors is not [var only] || problem.Detail?.Contains(only.Detail, StringComparison.Ordinal) != true)
        {
            context.Errors.WriteLine($"viper: {problem.Detail}");
        }

        foreach (ProblemError error in errors)
        {
            context.Errors.WriteLine($"viper: {CreateFlags.Name(error.Pointer)}: {error.Detail}");
        }

        return exitCode;
    }
}

using System.CommandLine;
using System.CommandLine.Invocation;
using Viper.Daemon.Composition;
using Viper.Daemon.Hosting;
using Viper.Daemon.Settings;
using Viper.Orchestration;
using Viper.State;

namespace Viper.Daemon.Commands;

/// <summary>The verbs of <c>viperd</c>, and the exit code of every way in which one can end.</summary>
internal static class ViperdCommandLine
{
    private const int Failed = 1;
    private const int Usage = 2;
    private const int Interrupted = 130;

    internal static async Task<int> RunAsync(string[] arguments, ViperdParts parts, TextWriter output, TextWriter errors, CancellationToken interrupt)
    {
        SettingFlags flags = new();
        VerbContext context = new(parts, flags, output, errors, interrupt);
        RootCommand root = new(
            $"viperd runs headless browsers in microVMs. Without a verb it serves the API. Each setting is a flag, the variable, or the member of {SettingsFile.DefaultPath} named in brackets; the key that callers must show is no flag: {SettingDefinitions.ApiKey.Variable}, or {SettingDefinitions.ApiKey.Name} in the file.");
        flags.AddTo(root);
        Command serve = ServeCommand.Make(context);
        root.Subcommands.Add(serve);
        root.Subcommands.Add(SetupCommand.Make(context));
        root.Subcommands.Add(DoctorCommand.Make(context));
        root.Subcommands.Add(ImagesCommand.Make(context));
        root.Subcommands.Add(NetCommand.Make(context));
        root.Subcommands.Add(DbCommand.Make(context));
        root.Subcommands.Add(VersionCommand.Make(context));
        root.Action = serve.Action;
        try
        {
            ParseResult parsed = root.Parse(arguments);
            if (parsed.Action is ParseErrorAction)
            {
                foreach (var error in parsed.Errors)
                {
                    errors.WriteLine($"viperd: {error.Message}");
                }

                errors.WriteLine("Try 'viperd --help'.");
                return Usage;
            }

            InvocationConfiguration configuration = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output, Error = errors };
            return await parsed.InvokeAsync(configuration, interrupt);
        }
        catch (SettingsException error)
        {
            errors.WriteLine($"viperd: {error.Message}");
            return Usage;
        }
        catch (StartException error)
        {
            errors.WriteLine($"viperd: {error.Message}");
            return error.ExitCode;
        }
        catch (StateException error)
        {
            errors.WriteLine($"viperd: {error.Message}");
            return DbCommand.ExitCodeOf(error);
        }
        catch (Exception error) when (error is EngineException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"viperd: {error.Message}");
            return Failed;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return Interrupted;
        }
    }
}

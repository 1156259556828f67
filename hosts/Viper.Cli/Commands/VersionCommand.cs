using System.CommandLine;
using System.Reflection;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper version</c>: this program's and, where it answers, the daemon's.</summary>
internal static class VersionCommand
{
    internal static Command Make(CliContext context)
    {
        Command command = new("version", "Print the versions of this program and of the daemon.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string own = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
            VersionInfo? daemon = await AskAsync(context, parsed, cancellationToken);
            if (context.WantsJson(parsed))
            {
                context.PrintJson(new CliVersion(own, daemon), CliJson.Default.CliVersion);
                return ExitCode.Done;
            }

            context.Output.WriteLine($"viper {own}");
            context.Output.WriteLine(daemon is null ? "viperd does not answer" : $"viperd {daemon.Version} (API {daemon.ApiVersion}, {daemon.Runtime})");
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<VersionInfo?> AskAsync(CliContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        using ViperClient client = context.Connect(parsed);
        try
        {
            return await client.GetVersionAsync(cancellationToken);
        }
        catch (ViperUnreachableException)
        {
            return null;
        }
    }
}

using System.CommandLine;
using Viper.Contracts;
using Viper.Daemon.Endpoints;

namespace Viper.Daemon.Commands;

/// <summary><c>viperd version</c>.</summary>
internal static class VersionCommand
{
    internal static Command Make(VerbContext context)
    {
        Command command = new("version", "Print the version.") { context.Json };
        command.SetAction(parsed =>
        {
            VersionInfo version = SystemEndpoints.Version;
            if (parsed.GetValue(context.Json))
            {
                context.PrintJson(version, ViperJson.Readable.VersionInfo);
            }
            else
            {
                context.Output.WriteLine($"viperd {version.Version} (API {version.ApiVersion}, {version.Runtime})");
            }

            return 0;
        });
        return command;
    }
}

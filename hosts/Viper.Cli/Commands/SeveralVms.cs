using System.CommandLine;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary>Does the same to several VMs: one that fails does not keep the others from their turn.</summary>
internal static class SeveralVms
{
    /// <summary>Gives several VMs the same command and prints what each of them is then.</summary>
    internal static Task CommandAsync(CliContext context, ParseResult parsed, IReadOnlyList<string> names, Func<string, Task<Vm>> command) =>
        RunAsync(context, names, async name =>
        {
            Vm vm = await command(name);
            if (context.WantsJson(parsed))
            {
                context.PrintJson(vm, ViperJson.Readable.Vm);
            }
            else
            {
                context.Output.WriteLine($"{vm.Name}  {vm.Status}");
            }
        });

    /// <summary>Tells failures as they come, and throws the last after the last VM.</summary>
    internal static async Task RunAsync(CliContext context, IReadOnlyList<string> names, Func<string, Task> act)
    {
        ViperApiException? last = null;
        foreach (string name in names)
        {
            try
            {
                await act(name);
            }
            catch (ViperApiException error)
            {
                if (last is not null)
                {
                    context.Errors.WriteLine($"viper: {last.Problem.Detail}");
                }

                last = error;
            }
        }

        if (last is not null)
        {
            throw last;
        }
    }
}

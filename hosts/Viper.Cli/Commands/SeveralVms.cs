using Viper.Client;

namespace Viper.Cli.Commands;

/// <summary>Does the same to several VMs: one that fails does not keep the others from their turn.</summary>
internal static class SeveralVms
{
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

using Viper.Client;

namespace Viper.Cli.Commands;

/// <summary>Does the same to several VMs: one that fails does not keep the others from their turn.</summary>
internal static class SeveralVms
{
    /// <summary>Throws the first failure after the last VM; failures before the last are told at once.</summary>
    internal static async Task RunAsync(CliContext context, IReadOnlyList<string> names, Func<string, Task> act)
    {
        ViperApiException? first = null;
        foreach (string name in names)
        {
            try
            {
                await act(name);
            }
            catch (ViperApiException error)
            {
                if (first is not null)
                {
                    context.Errors.WriteLine($"viper: {error.Problem.Detail}");
                }

                first ??= error;
            }
        }

        if (first is not null)
        {
            throw first;
        }
    }
}

using System.Diagnostics;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Output;

/// <summary>Tells on standard error how far a starting VM has come: at once to a terminal, after a second as plain lines.</summary>
internal sealed class StartProgress(TextWriter errors, bool isTerminal)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private string? _told;

    /// <summary>Follows a VM until the token ends; a failure to look is not the wait's failure.</summary>
    internal async Task FollowAsync(ViperClient client, Vm vm, CancellationToken cancellationToken)
    {
        try
        {
            Vm now = vm;
            while (true)
            {
                Tell(now);
                await Task.Delay(s_interval, cancellationToken);
                now = await client.GetVmIfChangedAsync(vm.Name, now.Revision, cancellationToken) ?? now;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ViperClientException)
        {
            // The wait itself says how it ended.
        }
    }

    private void Tell(Vm vm)
    {
        string state = VmText.State(vm);
        if (state == _told || (!isTerminal && _clock.Elapsed < s_patience))
        {
            return;
        }

        _told = state;
        errors.WriteLine($"{vm.Name}: {state} after {_clock.Elapsed.TotalSeconds:F1} s");
    }
}

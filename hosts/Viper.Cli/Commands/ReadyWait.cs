using System.CommandLine;
using System.Diagnostics;
using Viper.Cli.Output;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary>Waits with progress until a VM that has been told to start is ready.</summary>
internal static class ReadyWait
{
    // One long poll at a time, each short enough for whatever stands between.
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(30);

    internal static Option<bool> NoWait() => new("--no-wait") { Description = "Return as soon as the VM is starting." };

    internal static Option<int> Timeout()
    {
        Option<int> timeout = new("--timeout")
        {
            Description = "How many seconds to wait for ready (300).",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 300,
        };
        timeout.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--timeout is a number of seconds from 1; --no-wait does not wait.");
            }
        });
        return timeout;
    }

    internal static async Task<Vm> RunAsync(CliContext context, ViperClient client, Vm vm, int timeoutSeconds, CancellationToken cancellationToken)
    {
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task progress = new StartProgress(context.Errors, context.IsErrorTerminal).FollowAsync(client, vm, done.Token);
        try
        {
            return await WaitAsync(client, vm.Name, TimeSpan.FromSeconds(timeoutSeconds), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            context.Errors.WriteLine($"viper: no longer waiting; VM '{vm.Name}' goes on starting ('viper vms get {vm.Name}', 'viper vms delete {vm.Name}').");
            throw;
        }
        finally
        {
            await done.CancelAsync();
            await progress;
        }
    }

    private static async Task<Vm> WaitAsync(ViperClient client, string name, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (true)
        {
            TimeSpan left = timeout - clock.Elapsed;
            TimeSpan poll = left < s_poll ? left : s_poll;
            Vm vm = await client.WaitVmAsync(name, VmCondition.Ready, poll > TimeSpan.Zero ? poll : TimeSpan.Zero, cancellationToken);
            if (vm is { Status: VmStatus.Running, Phase: VmPhase.Ready })
            {
                return vm;
            }

            if (clock.Elapsed >= timeout)
            {
                throw new DeadlineException($"VM '{name}' is not ready after {timeout.TotalSeconds:F0} s (it is {VmText.State(vm)}); it goes on starting.");
            }
        }
    }
}

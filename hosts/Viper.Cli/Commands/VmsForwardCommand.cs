using System.CommandLine;
using Viper.Cli.Forwarding;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms forward NAME</c>: gives one VM's DevTools a loopback port of the caller.</summary>
internal static class VmsForwardCommand
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(60);

    internal static Command Make(CliContext context)
    {
        Argument<string> name = CommonArguments.Name();
        Option<int> port = new("--port") { Description = "The port of 127.0.0.1; 0 for any that is free (0).", HelpName = "PORT" };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 65535)
            {
                result.AddError("--port is a number from 0 to 65535.");
            }
        });
        Command command = new("forward", "Serve a VM's DevTools, and nothing else, on a port of 127.0.0.1 until Ctrl-C or the VM's end.") { name, port };
        command.SetAction((parsed, cancellationToken) => RunAsync(context, parsed, parsed.GetRequiredValue(name), parsed.GetValue(port), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, ParseResult parsed, string name, int port, CancellationToken cancellationToken)
    {
        using ViperClient client = context.Connect(parsed);
        Vm vm = await client.GetVmAsync(name, cancellationToken);
        if (vm.Status is VmStatus.Stopped or VmStatus.Crashed or VmStatus.Stopping or VmStatus.Deleting)
        {
            throw new ProblemException(Problem.Create(
                409, ProblemCodes.VmNotRunning, $"VM '{name}' is {vm.Status} and has no browser to forward to. Start it with 'viper vms start {name}'."));
        }

        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using ForwardListener listener = ForwardListener.Open(client, name, port);
        string url = $"http://127.0.0.1:{listener.Port}";
        if (context.WantsJson(parsed))
        {
            context.PrintJson(new ForwardInfo(name, url, listener.Port), CliJson.Default.ForwardInfo);
        }
        else
        {
            context.Output.WriteLine(url);
            context.Output.Flush();
        }

        using CancellationTokenSource accepting = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        Task serving = listener.RunAsync(accepting.Token, over.Token);
        string end;
        try
        {
            end = await EndOfAsync(client, vm, cancellationToken);
            await accepting.CancelAsync();
            await listener.DrainAsync();
        }
        finally
        {
            await over.CancelAsync();
            await serving.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        context.Errors.WriteLine($"viper: {end}");
        return ExitCode.Done;
    }

    // How the VM's life ended; a VM that was made anew under the name is another one.
    private static async Task<string> EndOfAsync(ViperClient client, Vm vm, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                Vm now = await client.WaitVmAsync(vm.Name, VmCondition.Stopped, s_poll, cancellationToken);
                if (now.Id != vm.Id)
                {
                    return $"VM '{vm.Name}' was deleted.";
                }

                if (now.Status is VmStatus.Stopped or VmStatus.Crashed)
                {
                    return $"VM '{vm.Name}' has {now.Status}{(now.StatusReason is null ? "" : $" ({now.StatusReason})")}.";
                }
            }
            catch (ViperApiException error) when (error.Code == ProblemCodes.VmNotFound)
            {
                return $"VM '{vm.Name}' was deleted.";
            }
        }
    }
}

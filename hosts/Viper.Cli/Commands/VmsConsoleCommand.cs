using System.CommandLine;
using System.Threading.Channels;
using Viper.Cli.Terminal;
using Viper.Client;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms console NAME</c>: a VM's serial port at one's own terminal.</summary>
internal static class VmsConsoleCommand
{
    private const int ChunkSize = 16 * 1024;
    private const int CallerLimit = 64;
    private const byte ControlC = 3;

    internal static Command Make(CliContext context)
    {
        Argument<string> name = CommonArguments.Name();
        Option<bool> view = new("--view") { Description = "Only look; any number of callers may, while one types." };
        Command command = new(
            "console",
            "Attach to a VM's serial console; Ctrl+a t detaches, Ctrl+a Ctrl+a sends one Ctrl+a. What is piped in is typed as it is, and the command then goes on until the VM ends.")
        {
            name,
            view,
        };
        command.SetAction((parsed, cancellationToken) =>
            context.WantsJson(parsed)
                ? throw new UsageException("A console has no JSON; leave out --json.")
                : RunAsync(context, parsed, parsed.GetRequiredValue(name), parsed.GetValue(view), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, ParseResult parsed, string name, bool view, CancellationToken cancellationToken)
    {
        using ViperClient client = context.Connect(parsed);
        await using ViperConsole console = await client.OpenConsoleAsync(name, !view, Caller(), cancellationToken);
        bool detached;
        using (RawTerminal? terminal = RawTerminal.Enter())
        {
            if (terminal is not null)
            {
                context.Errors.Write($"viper: attached to '{name}'{(view ? " to look on" : "")}; Ctrl+a t detaches.\r\n");
            }

            detached = await JoinAsync(console, view, terminal is not null, cancellationToken);
        }

        if (console.BytesLost > 0)
        {
            context.Errors.WriteLine($"viper: {console.BytesLost} bytes of the console were lost, since they were not taken in time.");
        }

        return detached ? Say(context, "detached.", ExitCode.Done) : EndOf(context, name, console.EndReason);
    }

    // True when the caller detached, false when the console ended.
    private static async Task<bool> JoinAsync(ViperConsole console, bool view, bool isTerminal, CancellationToken cancellationToken)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task print = PrintAsync(console, over.Token);
        Task<bool> type = TypeAsync(console, view, isTerminal, over.Token);
        try
        {
            bool detached = await await Task.WhenAny(type, EndAsync());
            if (!detached)
            {
                // Piped input may end, or the console refuse more, long before the console ends.
                await print;
            }

            return detached;
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(print, type).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        async Task<bool> EndAsync()
        {
            await print;
            return false;
        }
    }

    private static async Task PrintAsync(ViperConsole console, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[ChunkSize];
        using Stream output = Console.OpenStandardOutput();
        int count;
        while ((count = await console.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
    }

    // True when the keys to detach were typed, false when there is nothing more to type.
    private static async Task<bool> TypeAsync(ViperConsole console, bool view, bool isTerminal, CancellationToken cancellationToken)
    {
        if (view && !isTerminal)
        {
            return false;
        }

        DetachKeys keys = new();
        ChannelReader<byte[]> input = StandardInput.Open();
        await foreach (byte[] typed in input.ReadAllAsync(cancellationToken))
        {
            byte[] output = typed;
            int count = typed.Length;
            bool detach = false;
            if (isTerminal)
            {
                output = new byte[typed.Length + 1];

                // Who only looks has nobody else to send a Ctrl-C to.
                detach = keys.Filter(typed, output, out count) || (view && typed.Contains(ControlC));
            }

            if (count > 0 && !view && !await TrySendAsync(console, output.AsMemory(0, count), cancellationToken))
            {
                return false;
            }

            if (detach)
            {
                return true;
            }
        }

        // A terminal whose line was hung up.
        return isTerminal;
    }

    // False when the console has ended, of which the reading side learns the reason.
    private static async Task<bool> TrySendAsync(ViperConsole console, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await console.WriteAsync(bytes, cancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static int EndOf(CliContext context, string name, string? reason) => reason switch
    {
        "vm_stopping" => Say(context, $"VM '{name}' has stopped.", ExitCode.Done),
        "vm_deleted" => Say(context, $"VM '{name}' was deleted.", ExitCode.Done),
        "vm_crashed" => Say(context, $"VM '{name}' has crashed; 'viper vms get {name}' says why.", ExitCode.Failed),
        "shutting_down" => Say(context, "the daemon is shutting down.", ExitCode.NotReachable),
        null => Say(context, "the connection to the daemon broke.", ExitCode.NotReachable),
        _ => Say(context, $"the console of VM '{name}' has ended ({reason}).", ExitCode.Failed),
    };

    private static int Say(CliContext context, string text, int exitCode)
    {
        context.Errors.WriteLine($"viper: {text}");
        return exitCode;
    }

    // What others who want to type are told.
    private static string Caller()
    {
        string caller = $"{Environment.UserName}@{Environment.MachineName} (process {Environment.ProcessId})";
        return string.Concat(caller.Where(static c => c is >= ' ' and <= '~').Take(CallerLimit));
    }
}

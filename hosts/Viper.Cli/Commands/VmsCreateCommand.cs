using System.CommandLine;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms create [NAME]</c>, which waits until the VM is ready.</summary>
internal static class VmsCreateCommand
{
    internal static Command Make(CliContext context)
    {
        Argument<string?> name = new("NAME") { Description = "The VM's name; generated where absent.", Arity = ArgumentArity.ZeroOrOne };
        Option<int?> cpu = new("--cpu") { Description = $"vCPUs, 1 to {VmLimits.MaxCpuCores} ({VmLimits.DefaultCpuCores}).", HelpName = "N" };
        Option<int?> memory = new("--memory") { Description = $"Memory in MiB ({VmLimits.DefaultMemoryMb}).", HelpName = "MIB" };
        Option<string?> image = new("--image") { Description = $"The image to boot ({VmLimits.DefaultImage}).", HelpName = "IMAGE" };
        Option<string[]> label = new("--label") { Description = "A label; may be repeated.", HelpName = "k=v" };
        Option<int?> queueWait = new("--queue-wait") { Description = "How many seconds to wait for a place where the daemon has none (0).", HelpName = "SECONDS" };
        NetworkFlags network = new();
        TimerFlags timers = new();
        Option<bool> noWait = ReadyWait.NoWait();
        Option<int> timeout = ReadyWait.Timeout();
        Command command = new("create", "Create a VM and wait until its browser answers.") { name, cpu, memory, image, label, queueWait, noWait, timeout };
        network.AddTo(command);
        timers.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            CreateVmRequest request = new()
            {
                Name = parsed.GetValue(name),
                CpuCores = parsed.GetValue(cpu),
                MemoryMb = parsed.GetValue(memory),
                Image = parsed.GetValue(image),
                Labels = CommonArguments.Labels(parsed.GetValue(label)),
                Network = network.Read(parsed),
                QueueWaitSeconds = parsed.GetValue(queueWait),
            };
            using ViperClient client = context.Connect(parsed);
            Vm vm = await client.CreateVmAsync(timers.AddTo(request, parsed), cancellationToken);
            if (!parsed.GetValue(noWait))
            {
                vm = await ReadyWait.RunAsync(context, client, vm, parsed.GetValue(timeout), cancellationToken);
            }

            VmsGetCommand.Print(context, parsed, vm);
            return ExitCode.Done;
        });
        return command;
    }
}

using System.Runtime.InteropServices;
using Viper.Agent;
using Viper.Agent.Boot;
using Viper.Agent.Interop;
using Viper.Agent.Power;
using Viper.Agent.Programs;
using Viper.Contracts.Agent;

if (args is ["--version"])
{
    Console.WriteLine($"viper-agent {AgentVersion.Text}");
    return 0;
}

// PID 1 starts this program and restarts it unless it exits with 0, which means: power off.
var console = File.Exists("/dev/ttyS0") ? "/dev/ttyS0" : "/dev/console";
try
{
    var addresses = GuestAddresses.Parse(File.ReadAllText("/proc/cmdline"))
        ?? throw new AgentStartException("The kernel command line has no ip=client:server:gateway:… with IPv4 addresses.");
    var options = new AgentOptions { GuestAddress = addresses.Guest, HostAddress = addresses.Host, ConsolePath = console, Work = WorkPlace.OfGuest() };
    await using var agent = new AgentProgram(options);
    var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    agent.Start();
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        stop.TrySetResult();
    });
    using var button = PowerButton.Watch(options.InputDirectory);
    await Task.WhenAny(stop.Task, button.Pressing);
    await agent.StopAsync();
    Libc.sync();
    return 0;
}
catch (Exception error) when (error is AgentStartException or IOException or UnauthorizedAccessException)
{
    new Bell(console).Ring("agent_failed", new AgentFailed { Detail = error.Message }, AgentJsonContext.Default.AgentFailed);
    return 1;
}

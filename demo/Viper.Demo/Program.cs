using System.Runtime.InteropServices;
using Viper.Demo;
using Viper.Stage;

using CancellationTokenSource interrupted = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);
try
{
    return await new DemoRun(DemoSettings.FromEnvironment()).PlayAsync(interrupted.Token);
}
catch (StageException e)
{
    Console.Error.WriteLine($"demo: {e.Message}");
    return 1;
}
catch (Exception) when (interrupted.IsCancellationRequested)
{
    Console.Error.WriteLine("demo: interrupted; everything that it had made is gone");
    return 130;
}

void Interrupt(PosixSignalContext context)
{
    // The demo ends itself, in order.
    context.Cancel = true;
    interrupted.Cancel();
}

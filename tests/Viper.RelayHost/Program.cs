using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Viper.Contracts;
using Viper.Daemon.Hosting;
using Viper.Daemon.Settings;
using Viper.Orchestration;
using Viper.TestKit.Engine;

// The daemon with one VM, "a", whose agent is what listens on the port that is given; for the bench of the relay.
// Prints its own port, then for each line: "cpu" the processor time so far in microseconds, "allocated" the bytes allocated
// so far, "living" the managed bytes that are in use. Ends with its input.
if (args is not [{ } port])
{
    Console.Error.WriteLine("Which port has the agent?");
    return 2;
}

SocketThreads.HandleInPlace();
string folder = Directory.CreateTempSubdirectory("vrh-").FullName;
try
{
    await using ScriptedEngine engine = new() { AgentEndPoint = new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)) };
    DaemonSettings settings = new()
    {
        Engine = new EngineSettings { StateDirectory = folder, RuntimeDirectory = folder, LogDirectory = folder },
        CacheDirectory = folder,
        Listen = [ApiAddress.Loopback(0)],
    };
    await using DaemonApp app = new(settings, engine, NullLoggerFactory.Instance, TimeProvider.System);
    await app.StartAsync(CancellationToken.None);
    await engine.CreateAsync(new CreateVmRequest { Name = "a" }, CancellationToken.None);
    Console.WriteLine(app.TcpEndPoint!.Port);
    while (Console.ReadLine() is { } line)
    {
        Console.WriteLine(line switch
        {
            "cpu" => (long)Environment.CpuUsage.TotalTime.TotalMicroseconds,
            "allocated" => GC.GetTotalAllocatedBytes(precise: true),
            _ => GC.GetTotalMemory(forceFullCollection: true),
        });
    }

    await app.StopAsync();
    return 0;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

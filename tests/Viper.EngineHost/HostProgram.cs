using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Viper.Orchestration;
using Viper.Orchestration.Internal;

namespace Viper.EngineHost;

/// <summary>
/// The engine in a process of its own that tests may kill: real network, state and supervision, but a VMM without machines and
/// agents that are always well. It takes a command a line and answers each with a line, <c>ok …</c> or <c>error CODE …</c>.
/// </summary>
internal static class HostProgram
{
    /// <summary>Set to 1 it has the host know its await points, and lets it tell on standard error which events a client sees.</summary>
    private const string PointsSwitch = "VIPER_HOST_POINTS";

    /// <summary>Arguments: the folder of state, sockets and logs; the VMM; the guests' network, if it is not the usual one.</summary>
    public static async Task<int> RunAsync(string[] args, TextReader commands, TextWriter answers)
    {
        if (args is not [{ } folder, { } vmm, .. { Length: <= 1 } subnet])
        {
            await answers.WriteLineAsync("error usage: Viper.EngineHost FOLDER VMM [SUBNET]");
            return 2;
        }

        long began = Stopwatch.GetTimestamp();
        using AwaitPoints? points = Environment.GetEnvironmentVariable(PointsSwitch) == "1" ? new AwaitPoints() : null;
        EngineSettings settings = new()
        {
            Subnet = IPNetwork.Parse(subnet is [{ } given] ? given : "192.168.127.0/24"),
            StateDirectory = Path.Combine(folder, "state"),
            RuntimeDirectory = Path.Combine(folder, "run"),
            LogDirectory = Path.Combine(folder, "log"),
            Hypervisor = "qemu",
            QemuPath = vmm,
            AddressQuarantine = TimeSpan.Zero,
            HealthInterval = TimeSpan.Zero,
            ReconcileInterval = TimeSpan.Zero,
        };
        VmEngine engine;
        try
        {
            engine = await VmEngine.OpenAsync(
                settings,
                NullLoggerFactory.Instance,
                static s => new HostVmNetwork(s, NullLogger.Instance),
                static s => new SelectedHypervisor(s),
                _ => new OneImage(folder),
                new WellAgents(),
                TimeProvider.System,
                CancellationToken.None);
        }
        catch (EngineException e)
        {
            await answers.WriteLineAsync($"error {e.Code} {e.Message}");
            return 1;
        }

        await using (engine)
        {
            HostCommands host = new(engine, points, Console.Error);
            if (points is not null)
            {
                _ = new EventClient(engine, Console.Error).FollowAsync();
            }

            await answers.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"ok {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.000}"));
            while (await commands.ReadLineAsync() is { } line)
            {
                await answers.WriteLineAsync(await host.RunAsync(line));
            }
        }

        return 0;
    }
}

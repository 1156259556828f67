using FsCheck;
using FsCheck.Fluent;
using Viper.Hypervisor;
using Viper.Integration.Tests.Hypervisor.Guest;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>Random lives of one machine, held against a model that knows three states and nothing else.</summary>
internal static class LifecycleModel
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    // Ends are rare, so that lives are long.
    private static readonly (int Weight, string Operation)[] s_operations =
    [
        (6, "pause"), (6, "resume"), (4, "query"), (4, "talk"), (2, "reset"), (1, "power off"), (1, "stop"), (1, "kill"),
    ];

    /// <summary>Runs as many lives, each of at most as many operations.</summary>
    public static int Check(IHypervisor hypervisor, string kind, int lives, int length)
    {
        int operations = 0;
        Gen<string> one = Gen.Frequency(s_operations.Select(pair => (pair.Weight, Gen.Constant(pair.Operation))).ToArray());
        Gen<string[]> walks = one.ArrayOf(length);
        Prop.ForAll(walks.ToArbitrary(), walk => operations += RunAsync(hypervisor, kind, walk).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(lives));
        return operations;
    }

    private static async Task<int> RunAsync(IHypervisor hypervisor, string kind, string[] walk)
    {
        using ShortFolder folder = new();
        using CancellationTokenSource limit = new(s_patience);
        await using IMachine machine = await hypervisor.StartAsync(TinySpec.Make(folder.Path, kind), limit.Token);
        await machine.Serial.SeeAsync("guest: up", limit.Token);
        MachineState model = MachineState.Running;
        int done = 0;
        int greetings = 1;
        foreach (string operation in walk)
        {
            model = model == MachineState.Ended
                ? await TryOnDeadAsync(machine, operation, limit.Token)
                : await StepAsync(machine, operation, model, limit.Token);
            Assert.Equal(model, await machine.QueryStateAsync(limit.Token));

            // A guest that was reset hears nothing until it is up again.
            if (operation == "reset" && model == MachineState.Running && machine.Capabilities.HasFlag(MachineCapabilities.Reset))
            {
                await SeeGreetingAsync(machine, ++greetings, limit.Token);
            }

            done++;
        }

        await machine.KillAsync();
        Assert.False(machine.Identity.IsAlive());
        Assert.False(Directory.Exists(folder["a"]));
        return done;
    }

    private static async Task SeeGreetingAsync(IMachine machine, int number, CancellationToken cancellationToken)
    {
        int seen = 0;
        await foreach (SerialLine line in machine.Serial.Lines(cancellationToken))
        {
            if (line.Text.Contains("guest: up", StringComparison.Ordinal) && ++seen == number)
            {
                return;
            }
        }

        Assert.Fail("The serial port ended.");
    }

    private static async Task<MachineState> StepAsync(IMachine machine, string operation, MachineState model, CancellationToken cancellationToken)
    {
        switch (operation)
        {
            case "pause":
                await machine.PauseAsync(cancellationToken);
                return MachineState.Paused;
            case "resume":
                await machine.ResumeAsync(cancellationToken);
                return MachineState.Running;
            case "talk" when model == MachineState.Running:
                await machine.Serial.TypeAsync("t", cancellationToken);
                await machine.Serial.SeeAsync("guest: echo t", cancellationToken);
                return model;
            case "reset" when machine.Capabilities.HasFlag(MachineCapabilities.Reset):
                await machine.ResetAsync(cancellationToken);
                return MachineState.Running;
            case "reset":
                await Assert.ThrowsAsync<HypervisorUnsupportedException>(() => machine.ResetAsync(cancellationToken));
                return model;
            case "power off" when model == MachineState.Running:
                await machine.PowerButtonAsync(cancellationToken);
                await machine.Exited.WaitAsync(cancellationToken);
                return MachineState.Ended;
            case "stop":
                Assert.NotEqual(StopStage.AlreadyGone, (await machine.StopAsync(TimeSpan.Zero, cancellationToken)).Stage);
                return MachineState.Ended;
            case "kill":
                await machine.KillAsync();
                return MachineState.Ended;
            default:
                return model;
        }
    }

    private static async Task<MachineState> TryOnDeadAsync(IMachine machine, string operation, CancellationToken cancellationToken)
    {
        switch (operation)
        {
            case "pause":
                await Assert.ThrowsAsync<MachineGoneException>(() => machine.PauseAsync(cancellationToken));
                break;
            case "resume":
                await Assert.ThrowsAsync<MachineGoneException>(() => machine.ResumeAsync(cancellationToken));
                break;
            case "power off":
                await Assert.ThrowsAsync<MachineGoneException>(() => machine.PowerButtonAsync(cancellationToken));
                break;
            case "stop":
                Assert.Equal(StopStage.AlreadyGone, (await machine.StopAsync(TimeSpan.Zero, cancellationToken)).Stage);
                break;
            case "kill":
                await machine.KillAsync();
                break;
            default:
                break;
        }

        return MachineState.Ended;
    }
}

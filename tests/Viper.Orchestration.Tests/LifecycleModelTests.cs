using FsCheck;
using FsCheck.Fluent;
using Viper.Contracts;
using Viper.Hypervisor;

namespace Viper.Orchestration.Tests;

/// <summary>Random lives of three VMs, held against a model that knows states × commands × outcomes and nothing else.</summary>
public sealed class LifecycleModelTests
{
    private static readonly string[] s_names = ["a", "b", "c"];
    private static readonly string[] s_commands = ["create", "start", "stop", "kill", "restart", "pause", "resume", "delete", "crash", "power-off"];

    [Fact]
    public void Engine_OnRandomCommands_AgreesWithTheModel()
    {
        Gen<(string, string)[]> walks = Gen.ArrayOf(
            from name in Gen.Elements(s_names)
            from command in Gen.Elements(s_commands)
            select (name, command));
        Prop.ForAll(walks.ToArbitrary(), static walk => RunAsync(walk).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(60).WithEndSize(40));
    }

    private static async Task RunAsync((string Name, string Command)[] walk)
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        Dictionary<string, string> model = [];
        foreach ((string name, string command) in walk)
        {
            string? expected = Expect(model, name, command);
            Assert.Equal(expected, await TryAsync(fixture, name, command, IsUp(model.GetValueOrDefault(name))));
            Step(model, name, command, expected);
            Compare(fixture, model);
        }
    }

    /// <summary>The code of the refusal; null where the command succeeds.</summary>
    private static string? Expect(Dictionary<string, string> model, string name, string command) => (model.GetValueOrDefault(name), command) switch
    {
        (not null, "create") => ProblemCodes.VmExists,
        (null, not ("create" or "crash" or "power-off")) => ProblemCodes.VmNotFound,
        (VmStatus.Paused, "start") => ProblemCodes.VmNotRunning,
        (VmStatus.Stopped or VmStatus.Crashed, "pause" or "resume") => ProblemCodes.VmNotRunning,
        _ => null,
    };

    private static bool IsUp(string? status) => status is VmStatus.Running or VmStatus.Paused;

    private static void Step(Dictionary<string, string> model, string name, string command, string? refusal)
    {
        if (refusal is not null)
        {
            return;
        }

        bool isUp = IsUp(model.GetValueOrDefault(name));
        switch (command)
        {
            case "create" or "start" or "restart" or "resume":
                model[name] = VmStatus.Running;
                break;
            case "pause":
                model[name] = VmStatus.Paused;
                break;
            case "delete":
                model.Remove(name);
                break;
            case "stop" or "kill" or "power-off" when isUp:
                model[name] = VmStatus.Stopped;
                break;
            case "crash" when isUp:
                model[name] = VmStatus.Crashed;
                break;
            default:
                // A VM without a VMM cannot lose it.
                break;
        }
    }

    private static async Task<string?> TryAsync(EngineFixture fixture, string name, string command, bool isRunning)
    {
        try
        {
            switch (command)
            {
                case "create":
                    await fixture.CreateReadyAsync(name);
                    break;
                case "start":
                    await fixture.Engine.StartAsync(name, CancellationToken.None);
                    await fixture.Engine.WaitReadyAsync(name, EngineFixture.Patience, CancellationToken.None);
                    break;
                case "restart":
                    await fixture.Engine.RestartAsync(name, force: true, CancellationToken.None);
                    await fixture.Engine.WaitReadyAsync(name, EngineFixture.Patience, CancellationToken.None);
                    break;
                case "pause":
                    await fixture.Engine.PauseAsync(name, CancellationToken.None);
                    break;
                case "resume":
                    await fixture.Engine.ResumeAsync(name, CancellationToken.None);
                    break;
                case "stop" or "kill":
                    await fixture.Engine.StopAsync(name, command == "kill", CancellationToken.None);
                    break;
                case "delete":
                    await fixture.Engine.DeleteAsync(name, CancellationToken.None);
                    break;
                default:
                    if (isRunning)
                    {
                        fixture.Hypervisor.Machines[name].End(command == "crash" ? MachineExitCause.Signalled : MachineExitCause.GuestPowerOff);
                        await fixture.Engine.WaitStoppedAsync(name, EngineFixture.Patience, CancellationToken.None);
                    }

                    break;
            }

            return null;
        }
        catch (EngineException e)
        {
            return e.Code;
        }
    }

    private static void Compare(EngineFixture fixture, Dictionary<string, string> model)
    {
        int running = model.Values.Count(IsUp);
        Assert.Equal(model, fixture.Engine.List(null, null, null, 10).ToDictionary(static vm => vm.Name, static vm => vm.Status));
        Assert.Equal(model.Count, fixture.Engine.GetStatus().PoolLeased);
        Assert.Equal(running, fixture.Engine.GetLimits().Running);
        Assert.Equal(running, fixture.Network.Taps.Count);
        Assert.Equal(running, fixture.Hypervisor.Living.Count());
        Assert.Equal(running, Directory.GetDirectories(Path.Combine(fixture.Settings.RuntimeDirectory, "vms")).Length);
    }
}

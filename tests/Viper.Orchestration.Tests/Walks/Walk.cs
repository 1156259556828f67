using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Tests.Walks;

/// <summary>Drives an engine and a model through the same steps, and compares them after each.</summary>
/// <remarks>The model knows statuses, times and what is refused; nothing of how a VM is made or ended.</remarks>
internal sealed class Walk(MortalEngine engine)
{
    private readonly Dictionary<string, ModelVm> _model = [];
    private TimeSpan _now;
    private int _restarts;

    private VmEngine Engine => engine.Engine;

    public async Task StepAsync(WalkStep step)
    {
        switch (step.What)
        {
            case WalkStep.Commands:
                await CommandAsync(step.Orders);
                break;
            case WalkStep.Race:
                await RaceAsync(step.Orders[0].Name, step.Orders[0].Command);
                break;
            case WalkStep.FiveMinutes:
                await PassAsync(TimeSpan.FromMinutes(5));
                break;
            case WalkStep.TenMinutes:
                await PassAsync(TimeSpan.FromMinutes(10));
                break;
            case WalkStep.HourForward:
                engine.Clock.Jump(TimeSpan.FromHours(1));
                break;
            case WalkStep.HourBack:
                engine.Clock.Jump(TimeSpan.FromHours(-1));
                break;
            default:
                await DieAsync(step.What, step.Orders.FirstOrDefault().Name);
                break;
        }

        Compare();
    }

    /// <summary>Deletes what is there and looks at the whole log.</summary>
    public async Task EndAsync()
    {
        await Task.WhenAll(_model.Keys.Select(name => Engine.DeleteAsync(name, CancellationToken.None))).WaitAsync(EngineFixture.Patience);
        _model.Clear();
        Compare();
        IReadOnlyList<VmEvent> events = await engine.EventsAsync();
        Assert.Equal(_restarts, events.Count(static e => e.Type == VmEventTypes.Restarting));
        Assert.DoesNotContain(events, static e => e.Type == VmEventTypes.LeftoverRemoved);
    }

    private async Task CommandAsync((string Name, string Command)[] orders)
    {
        long last = Engine.GetStatus().LastSeq;
        string?[] expected = [.. orders.Select(order => Refusal(order.Name, order.Command))];
        string?[] actual = await Task.WhenAll(orders.Select(order => Task.Run(() => TryAsync(order.Name, order.Command)))).WaitAsync(EngineFixture.Patience);
        Assert.Equal(expected, actual);
        for (int i = 0; i < orders.Length; i++)
        {
            if (expected[i] is null && Follow(orders[i].Name, orders[i].Command))
            {
                await ExpectRestartAsync(orders[i].Name, last);
            }
        }
    }

    /// <summary>A deletion wins over whatever is asked of the VM at the same time.</summary>
    private async Task RaceAsync(string name, string command)
    {
        if (command != "create" && _model.ContainsKey(name))
        {
            // What could be undone by the crash of a VM is its restart, of which nobody knows whether it came to that.
            bool mayRestart = ModelVm.IsRestarted(name) && command is "crash" or "power-off";
            Task<string?> other = Task.Run(() => TryAsync(name, mayRestart ? "stop" : command));
            await Task.WhenAll(other, Engine.DeleteAsync(name, CancellationToken.None)).WaitAsync(EngineFixture.Patience);
            _model.Remove(name);
        }
    }

    /// <summary>Lets time pass, and stops where something is to come.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        TimeSpan end = _now + time;
        while (_now < end)
        {
            TimeSpan next = _model.Values.Select(vm => vm.RestartAt is { } at && at < end ? at : end).Append(end).Min();
            engine.Clock.Advance(next - _now);
            _now = next;
            foreach ((string name, ModelVm vm) in _model.ToArray())
            {
                if (vm.IsDue(name, _now))
                {
                    await Engine.WaitStoppedAsync(name, EngineFixture.Patience, CancellationToken.None).WaitAsync(EngineFixture.Patience);
                    _model[name] = vm with { Status = VmStatus.Stopped };
                }
                else if (vm.RestartAt <= _now)
                {
                    await Engine.WaitAsync(name, EngineFixture.Patience, static (_, now) => now is { Status: VmStatus.Running, Phase: VmPhase.Ready }, Late, CancellationToken.None)
                        .WaitAsync(EngineFixture.Patience);
                    _model[name] = Up(VmStatus.Running);
                }
            }
        }
    }

    private async Task DieAsync(string how, string? name)
    {
        ModelVm? vm = name is null ? null : _model.GetValueOrDefault(name);
        long last = Engine.GetStatus().LastSeq;
        switch (how)
        {
            case WalkStep.DeathAmidStart when vm is not { IsUp: true }:
                await engine.KillAtAsync(MortalHypervisor.Spawn, () => vm is null
                    ? Engine.CreateAsync(ModelVm.RequestOf(name!), CancellationToken.None)
                    : Engine.StartAsync(name!, CancellationToken.None));
                _model[name!] = new ModelVm(VmStatus.Crashed, _now, _now, RestartAt: ModelVm.IsRestarted(name!) ? _now : null);
                break;
            case WalkStep.DeathAmidStop when vm is { IsUp: true }:
                await engine.KillAtAsync(MortalNetwork.Detach, () => Engine.StopAsync(name!, force: true, CancellationToken.None));
                _model[name!] = vm with { Status = VmStatus.Stopped };
                break;
            case WalkStep.DeathAmidDelete when vm is { IsUp: true }:
                await engine.KillAtAsync(MortalNetwork.Detach, () => Engine.DeleteAsync(name!, CancellationToken.None));
                _model.Remove(name!);
                break;
            default:
                await engine.KillAsync();
                break;
        }

        // The next engine takes over what is up, its times begin anew; and it has in mind again what was to be restarted.
        foreach ((string other, ModelVm now) in _model.ToArray())
        {
            _model[other] = now with { LastUse = _now, Ready = _now };
            if (now.RestartAt is not null)
            {
                await ExpectRestartAsync(other, last);
            }
        }
    }

    private async Task ExpectRestartAsync(string name, long after)
    {
        VmEvent e = await engine.EventAsync(after, name, VmEventTypes.Restarting);
        TimeSpan delay = TimeSpan.FromSeconds(e.Data.GetProperty("delay_seconds").GetDouble());
        await engine.Clock.AwaitedAsync(delay);
        _model[name] = _model[name] with { RestartAt = _now + delay };
        _restarts++;
    }

    /// <summary>The code of the refusal; null where the command succeeds.</summary>
    private string? Refusal(string name, string command) => (_model.GetValueOrDefault(name)?.Status, command) switch
    {
        (not null, "create") => ProblemCodes.VmExists,
        (null, not ("create" or "crash" or "power-off")) => ProblemCodes.VmNotFound,
        (VmStatus.Paused, "start") => ProblemCodes.VmNotRunning,
        (VmStatus.Stopped or VmStatus.Crashed, "pause" or "resume" or "keepalive") => ProblemCodes.VmNotRunning,
        _ => null,
    };

    /// <summary>Has the model follow a command that succeeded; true where the VM will be restarted.</summary>
    private bool Follow(string name, string command)
    {
        ModelVm? vm = _model.GetValueOrDefault(name);
        switch (command)
        {
            case "create" or "restart":
            case "start" when vm is not { IsUp: true }:
                _model[name] = Up(VmStatus.Running);
                break;
            case "resume" when vm!.Status == VmStatus.Paused:
                _model[name] = vm with { Status = VmStatus.Running, LastUse = _now };
                break;
            case "pause":
                _model[name] = vm! with { Status = VmStatus.Paused };
                break;
            case "keepalive":
                _model[name] = vm! with { LastUse = _now };
                break;
            case "delete":
                _model.Remove(name);
                break;
            case "stop" or "kill" when vm!.IsUp:
                _model[name] = vm with { Status = VmStatus.Stopped };
                break;
            case "power-off" when vm is { IsUp: true }:
                _model[name] = vm with { Status = VmStatus.Stopped };
                return ModelVm.IsRestarted(name);
            case "stop" or "kill":
                _model[name] = vm! with { RestartAt = null };
                break;
            case "crash" when vm is { IsUp: true }:
                _model[name] = vm with { Status = VmStatus.Crashed };
                return ModelVm.IsRestarted(name);
            default:
                // As it is.
                break;
        }

        return false;
    }

    private ModelVm Up(string status) => new(status, _now, _now);

    private async Task<string?> TryAsync(string name, string command)
    {
        try
        {
            switch (command)
            {
                case "create":
                    await Engine.CreateAsync(ModelVm.RequestOf(name), CancellationToken.None);
                    await Engine.WaitReadyAsync(name, EngineFixture.Patience, CancellationToken.None);
                    break;
                case "start":
                    await Engine.StartAsync(name, CancellationToken.None);
                    await Engine.WaitReadyAsync(name, EngineFixture.Patience, CancellationToken.None);
                    break;
                case "restart":
                    await Engine.RestartAsync(name, force: true, CancellationToken.None);
                    await Engine.WaitReadyAsync(name, EngineFixture.Patience, CancellationToken.None);
                    break;
                case "pause":
                    await Engine.PauseAsync(name, CancellationToken.None);
                    break;
                case "resume":
                    await Engine.ResumeAsync(name, CancellationToken.None);
                    break;
                case "stop" or "kill":
                    await Engine.StopAsync(name, command == "kill", CancellationToken.None);
                    break;
                case "delete":
                    await Engine.DeleteAsync(name, CancellationToken.None);
                    break;
                case "keepalive":
                    Engine.KeepAlive(name);
                    break;
                default:
                    if (_model.GetValueOrDefault(name) is { IsUp: true })
                    {
                        engine.Hypervisor.Machines[name].End(command == "crash" ? MachineExitCause.Signalled : MachineExitCause.GuestPowerOff);
                        await Engine.WaitStoppedAsync(name, EngineFixture.Patience, CancellationToken.None);
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

    private void Compare()
    {
        int up = _model.Values.Count(static vm => vm.IsUp);
        IReadOnlyList<Vm> listed = Engine.List(null, null, null, 10);
        Assert.Equal(_model.ToDictionary(static vm => vm.Key, static vm => vm.Value.Status), listed.ToDictionary(static vm => vm.Name, static vm => vm.Status));
        Assert.Equal(listed.Count, listed.Select(static vm => vm.IpAddress).Distinct().Count());
        Assert.Equal(_model.Count, Engine.GetStatus().PoolLeased);
        Assert.Empty(Engine.ListOperations(OperationStatuses.Running, null, null, 1));
        Assert.Equal(
            (up, up, up, up),
            (Engine.GetLimits().Running, engine.Network.Taps.Count, engine.Hypervisor.Living.Count(), engine.RunFolders));
    }

    private static EngineException Late(string name, TimeSpan waited) => EngineProblems.StopTimeout(name, waited);
}

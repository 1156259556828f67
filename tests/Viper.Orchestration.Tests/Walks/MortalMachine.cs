using Viper.Hypervisor;

namespace Viper.Orchestration.Tests.Walks;

/// <summary>A machine as one engine reaches it.</summary>
internal sealed class MortalMachine : IMachine
{
    private const string Command = "command";
    private readonly IMachine _machine;
    private readonly EngineLife _life;

    public MortalMachine(IMachine machine, EngineLife life)
    {
        (_machine, _life) = (machine, life);
        Exited = FollowAsync();
    }

    public string Name => _machine.Name;

    public ProcessIdentity Identity => _machine.Identity;

    public Task<MachineExit> Exited { get; }

    public SerialConsole Serial => _machine.Serial;

    public async Task PauseAsync(CancellationToken cancellationToken = default)
    {
        await _life.PassAsync(Command);
        await _machine.PauseAsync(cancellationToken);
    }

    public async Task ResumeAsync(CancellationToken cancellationToken = default)
    {
        await _life.PassAsync(Command);
        await _machine.ResumeAsync(cancellationToken);
    }

    public async Task PowerButtonAsync(CancellationToken cancellationToken = default)
    {
        await _life.PassAsync(Command);
        await _machine.PowerButtonAsync(cancellationToken);
    }

    public async Task<StopOutcome> StopAsync(TimeSpan grace, CancellationToken cancellationToken = default)
    {
        await _life.PassAsync(Command);
        return await _machine.StopAsync(grace, cancellationToken);
    }

    public async Task KillAsync()
    {
        await _life.PassAsync(Command);
        await _machine.KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _life.PassAsync(Command);
        await _machine.DisposeAsync();
    }

    // A dead engine hears of nothing.
    private async Task<MachineExit> FollowAsync()
    {
        MachineExit exit = await _machine.Exited;
        if (_life.IsOver)
        {
            await _life.Buried;
        }

        return exit;
    }
}

using System.IO.Pipelines;
using System.Text;
using Viper.Hypervisor;

namespace Viper.Orchestration.Tests.StandIns;

/// <summary>A machine without a process: its serial port is a pipe, its end a word of the test.</summary>
internal sealed class ScriptedMachine : IMachine
{
    public const string ReadyLine = """viper: ready {"agent":"0.1.0","browser":"HeadlessChrome/1","boot_ms":{"agent_start":10,"browser_ready":20}}""";

    private readonly Pipe _port = new();
    private readonly TaskCompletionSource<MachineExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // What a silent machine never gives.
    private readonly TaskCompletionSource _answer = new();

    public ScriptedMachine(MachineSpec spec)
    {
        Spec = spec;
        Serial = SerialConsole.Open(_port.Reader.AsStream(), null);
    }

    public MachineSpec Spec { get; }

    public string Name => Spec.Name;

    // A pid beyond what the kernel gives out: nothing real is ever signalled. It began just now, in hundredths of a second since boot.
    public ProcessIdentity Identity { get; } = new(int.MaxValue, Environment.TickCount64 / 10, "scripted");

    public Task<MachineExit> Exited => _exited.Task;

    public SerialConsole Serial { get; }

    /// <summary>Whether the guest obeys the power button.</summary>
    public bool Obeys { get; set; } = true;

    public int ButtonPresses { get; private set; }

    /// <summary>While set, the guest takes its time over a shutdown until this ends.</summary>
    public Task? SlowShutdown { get; set; }

    public bool IsPaused { get; private set; }

    /// <summary>What pausing and resuming fail with; null where they do not.</summary>
    public Exception? MoveFailure { get; set; }

    /// <summary>Whether pausing and resuming are never answered, as by a VMM whose process is stopped.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Ends when a silent machine was asked to pause or resume.</summary>
    public TaskCompletionSource MoveAsked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task PrintAsync(string line) => await _port.Writer.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

    public void End(MachineExitCause cause, int? exitCode = null, int? signal = null)
    {
        _port.Writer.Complete();
        _exited.TrySetResult(new MachineExit(cause, exitCode, signal, ""));
    }

    public Task PauseAsync(CancellationToken cancellationToken = default) => MoveAsync(isPaused: true, cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken = default) => MoveAsync(isPaused: false, cancellationToken);

    public Task PowerButtonAsync(CancellationToken cancellationToken = default)
    {
        ButtonPresses++;
        return Task.CompletedTask;
    }

    public async Task<StopOutcome> StopAsync(TimeSpan grace, CancellationToken cancellationToken = default)
    {
        await PowerButtonAsync(cancellationToken);
        if (SlowShutdown is { } slow)
        {
            await slow.WaitAsync(cancellationToken);
        }

        End(Obeys ? MachineExitCause.GuestPowerOff : MachineExitCause.Requested, 0);
        return new StopOutcome(Obeys ? StopStage.PowerButton : StopStage.Kill, await Exited);
    }

    private async Task MoveAsync(bool isPaused, CancellationToken cancellationToken)
    {
        if (MoveFailure is not null)
        {
            throw MoveFailure;
        }

        if (IsSilent)
        {
            MoveAsked.TrySetResult();
            await _answer.Task.WaitAsync(cancellationToken);
        }

        IsPaused = isPaused;
    }

    public async Task KillAsync()
    {
        End(MachineExitCause.Requested, signal: 9);
        await Exited;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await Serial.DisposeAsync();
    }
}

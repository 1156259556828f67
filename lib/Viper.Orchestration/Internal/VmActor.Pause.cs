using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Lifecycle;
using Viper.State;

namespace Viper.Orchestration.Internal;

internal sealed partial class VmActor
{
    // A VMM answers at once or not at all: one that is itself stopped (SIGSTOP) takes a command and says nothing.
    private static readonly TimeSpan s_moveLimit = TimeSpan.FromSeconds(10);

    private IDisposable? _pause;
    private CancellationTokenSource? _move;

    /// <summary>Holds the vCPUs; memory, lease, tap and process stay.</summary>
    public Task<Vm> PauseAsync() => PostMove(VmCommand.Pause, VmEventTypes.Paused, static (machine, token) => machine.PauseAsync(token));

    /// <summary>Lets held vCPUs run again.</summary>
    public Task<Vm> ResumeAsync() => PostMove(VmCommand.Resume, VmEventTypes.Resumed, static (machine, token) => machine.ResumeAsync(token));

    private void EndPause()
    {
        _pause?.Dispose();
        _pause = null;
    }

    private Task<Vm> PostMove(VmCommand command, string eventType, Func<IMachine, CancellationToken, Task> move)
    {
        bool isPosted = _mailbox.TryPost(() => MoveAsync(command, eventType, move), out Task<Vm> result);
        return isPosted ? result : Task.FromException<Vm>(EngineProblems.NotFound(_record.Name));
    }

    private async Task<Vm> MoveAsync(VmCommand command, string eventType, Func<IMachine, CancellationToken, Task> move)
    {
        VmOutcome outcome = Decide(command);
        if (outcome.Verdict == VmVerdict.Go)
        {
            using CancellationTokenSource limit = new(s_moveLimit, _parts.Time);
            lock (_startGate)
            {
                // Who wants the VM ended does not wait for it.
                _move = limit;
                if (_pendingEnds > 0)
                {
                    limit.Cancel();
                }
            }

            try
            {
                await move(_run!.Machine!, limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e)
            {
                throw EngineProblems.VmmSilent(_record.Name, command, s_moveLimit, e);
            }
            catch (MachineGoneException e)
            {
                // The notice of its end is on its way to this mailbox.
                throw EngineProblems.VmmEnded(_record.Name, e);
            }
            catch (HypervisorException e)
            {
                throw EngineProblems.VmmFailed(_record.Name, command, e);
            }
            finally
            {
                lock (_startGate)
                {
                    _move = null;
                }
            }

            // A VM that is held is not unused; its idle time stands still.
            IDisposable? hold = outcome.To == VmStatus.Paused ? Activity.Begin() : null;
            EndPause();
            _pause = hold;
            CommitStatus(new VmChange { Status = outcome.To }, outcome.To, null, eventType);
        }

        return View();
    }
}

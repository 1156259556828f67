using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Orchestration.Lifecycle;
using Viper.State;

namespace Viper.Orchestration.Internal;

internal sealed partial class VmActor
{
    private IDisposable? _pause;

    /// <summary>Holds the vCPUs; memory, lease, tap and process stay.</summary>
    public Task<Vm> PauseAsync() => PostMove(VmCommand.Pause, VmEventTypes.Paused, static machine => machine.PauseAsync());

    /// <summary>Lets held vCPUs run again.</summary>
    public Task<Vm> ResumeAsync() => PostMove(VmCommand.Resume, VmEventTypes.Resumed, static machine => machine.ResumeAsync());

    private void EndPause()
    {
        _pause?.Dispose();
        _pause = null;
    }

    private Task<Vm> PostMove(VmCommand command, string eventType, Func<IMachine, Task> move)
    {
        bool isPosted = _mailbox.TryPost(() => MoveAsync(command, eventType, move), out Task<Vm> result);
        return isPosted ? result : Task.FromException<Vm>(EngineProblems.NotFound(_record.Name));
    }

    private async Task<Vm> MoveAsync(VmCommand command, string eventType, Func<IMachine, Task> move)
    {
        VmOutcome outcome = Decide(command);
        if (outcome.Verdict == VmVerdict.Go)
        {
            try
            {
                await move(_run!.Machine!).ConfigureAwait(false);
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

            // A VM that is held is not unused; its idle time stands still.
            IDisposable? hold = outcome.To == VmStatus.Paused ? Activity.Begin() : null;
            EndPause();
            _pause = hold;
            CommitStatus(new VmChange { Status = outcome.To }, outcome.To, null, eventType);
        }

        return View();
    }
}

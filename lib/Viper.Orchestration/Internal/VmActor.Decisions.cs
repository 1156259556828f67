using Viper.Contracts;
using Viper.Orchestration.Lifecycle;
using Viper.State;

namespace Viper.Orchestration.Internal;

internal sealed partial class VmActor
{
    /// <summary>The answer to a command that has nothing to do; null where it has to be posted. Throws the conflict of one that is illegal now.</summary>
    /// <remarks>So nobody waits behind a start for a refusal. Behind a stop or delete one waits: what it leaves decides.</remarks>
    public Vm? AnswerAtOnce(VmCommand command)
    {
        // A restart that the policy has in mind, or is about to, has to be called off in the log too.
        if (command == VmCommand.Stop && _timers.Restarts && _record.Status is (VmStatus.Stopped or VmStatus.Crashed))
        {
            return null;
        }

        lock (_startGate)
        {
            if (_pendingEnds > 0)
            {
                return null;
            }
        }

        return Decide(command).Verdict == VmVerdict.Already ? View() : null;
    }

    /// <summary>What the lifecycle says to a command now; throws its refusals.</summary>
    private VmOutcome Decide(VmCommand command)
    {
        VmRecord record = _record;
        if (_isDeleted)
        {
            throw EngineProblems.NotFound(record.Name);
        }

        VmOutcome outcome = VmLifecycle.On(record.Status, command);
        return outcome.Verdict == VmVerdict.Refuse ? throw EngineProblems.Conflict(record.Name, record.Status, command, outcome.Code!) : outcome;
    }

    private VmOutcome Decide(VmOccurrence occurrence) => VmLifecycle.On(_record.Status, occurrence);
}

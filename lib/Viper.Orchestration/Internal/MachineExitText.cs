using Viper.Hypervisor;

namespace Viper.Orchestration.Internal;

/// <summary>How a VMM ended, as a sentence.</summary>
internal static class MachineExitText
{
    public static string Of(MachineExit exit)
    {
        string how = exit.Cause switch
        {
            MachineExitCause.GuestReset => "the guest reset itself",
            MachineExitCause.GuestPanic => "the guest's kernel panicked",
            MachineExitCause.GuestPowerOff => "the guest powered itself off",
            _ when exit.Signal is { } signal => $"the VMM was ended by signal {signal}",
            _ when exit.ExitCode is { } code => $"the VMM ended by itself with code {code}",
            _ => "the VMM is gone",
        };
        string tail = exit.LogTail.Trim();
        return tail.Length == 0 ? how : $"{how}; its last words: {tail}";
    }
}

namespace Viper.Orchestration.Lifecycle;

/// <summary>What the lifecycle says to a command or an occurrence.</summary>
internal enum VmVerdict
{
    /// <summary>The VM goes the way that the outcome names.</summary>
    Go,

    /// <summary>The VM is, or is about to be, where this leads: nothing changes, and the caller gets the VM.</summary>
    Already,

    /// <summary>Another command has to end first; what happens then is what the state that it leaves says.</summary>
    Wait,

    /// <summary>A conflict, which names state and command.</summary>
    Refuse,

    /// <summary>It says nothing about a VM in this state.</summary>
    Ignore,
}

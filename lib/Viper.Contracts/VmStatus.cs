namespace Viper.Contracts;

/// <summary>The states of a VM, as they are spelled on the wire.</summary>
public static class VmStatus
{
    /// <summary>The row is committed; nothing else has been made yet.</summary>
    public const string Creating = "creating";

    /// <summary>Network, VMM and guest are coming up; <see cref="Vm.Phase"/> says how far.</summary>
    public const string Starting = "starting";

    /// <summary>The vCPUs run.</summary>
    public const string Running = "running";

    /// <summary>The vCPUs are held.</summary>
    public const string Paused = "paused";

    /// <summary>The guest has been asked to shut down.</summary>
    public const string Stopping = "stopping";

    /// <summary>No VMM process; the VM can be started again.</summary>
    public const string Stopped = "stopped";

    /// <summary>The VMM ended without being asked to, or the start failed.</summary>
    public const string Crashed = "crashed";

    /// <summary>Everything the VM owns is being released.</summary>
    public const string Deleting = "deleting";

    /// <summary>All of them, in the order of a VM's life.</summary>
    public static IReadOnlyList<string> All { get; } = [Creating, Starting, Running, Paused, Stopping, Stopped, Crashed, Deleting];
}

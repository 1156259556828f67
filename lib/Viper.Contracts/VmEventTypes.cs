namespace Viper.Contracts;

/// <summary>The names of the events in a VM's life.</summary>
public static class VmEventTypes
{
    /// <summary>The VM's row and lease are committed.</summary>
    public const string Created = "VM_CREATED";

    /// <summary>The VMM says that the vCPUs run.</summary>
    public const string Running = "VM_RUNNING";

    /// <summary>Agent, and Chrome where the image has one, answered over the network.</summary>
    public const string Ready = "VM_READY";

    /// <summary>The vCPUs are held.</summary>
    public const string Paused = "VM_PAUSED";

    /// <summary>Held vCPUs run again.</summary>
    public const string Resumed = "VM_RESUMED";

    /// <summary>The VM is not used and will be ended for it; <c>data.seconds_left</c> says when.</summary>
    public const string IdleWarning = "VM_IDLE_WARNING";

    /// <summary>The VM's lifetime is nearly over; <c>data.seconds_left</c> says when.</summary>
    public const string LifetimeWarning = "VM_LIFETIME_WARNING";

    /// <summary>The agent has not answered several times in a row.</summary>
    public const string Unhealthy = "VM_UNHEALTHY";

    /// <summary>An agent that did not answer does so again.</summary>
    public const string Healthy = "VM_HEALTHY";

    /// <summary>The restart policy will start the VM again; <c>data.delay_seconds</c> says when.</summary>
    public const string Restarting = "VM_RESTARTING";

    /// <summary>The guest has been asked to shut down.</summary>
    public const string Stopping = "VM_STOPPING";

    /// <summary>The VMM is gone, as asked.</summary>
    public const string Stopped = "VM_STOPPED";

    /// <summary>The VMM is gone without having been asked, or the start failed; <c>data.reason</c> says why.</summary>
    public const string Crashed = "VM_CRASHED";

    /// <summary>The VM's row is gone and its lease is free.</summary>
    public const string Deleted = "VM_DELETED";

    /// <summary>Chrome ended inside a VM that runs on; the agent starts it again.</summary>
    public const string BrowserCrashed = "BROWSER_CRASHED";

    /// <summary>The VM tried to reach what it may not; a sample, named in the data.</summary>
    public const string NetworkDenied = "NETWORK_DENIED";

    /// <summary>Something that no VM had, such as a process, tap or folder that a crash left, was found and removed; about no VM.</summary>
    public const string LeftoverRemoved = "LEFTOVER_REMOVED";

    /// <summary>Somebody changed the VMs' network, and it was put back; about no VM.</summary>
    public const string NetworkRepaired = "NETWORK_REPAIRED";

    /// <summary>The first event of a stream whose asked-for start has been dropped from the log already.</summary>
    public const string EventsTruncated = "EVENTS_TRUNCATED";
}

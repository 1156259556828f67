namespace Viper.Contracts;

/// <summary>The machine-readable codes of <see cref="Problem"/>.</summary>
public static class ProblemCodes
{
    /// <summary>400: a member is missing, out of range or malformed; see <see cref="Problem.Errors"/>.</summary>
    public const string ValidationFailed = "validation_failed";

    /// <summary>400: the request has a member that is not part of it.</summary>
    public const string UnknownField = "unknown_field";

    /// <summary>401: no key, or a wrong one.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>401: what was shown as a ticket is none of this VM, or was revoked.</summary>
    public const string TicketRefused = "ticket_refused";

    /// <summary>403: the caller's address is outside the allowed ranges.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>403: the Host header names a host that is not this daemon.</summary>
    public const string ForbiddenHost = "forbidden_host";

    /// <summary>403: a web page of another origin made the request.</summary>
    public const string ForbiddenOrigin = "forbidden_origin";

    /// <summary>404: no VM of that name.</summary>
    public const string VmNotFound = "vm_not_found";

    /// <summary>404: no operation of that id; long after its end it is forgotten.</summary>
    public const string OperationNotFound = "operation_not_found";

    /// <summary>404: no such path.</summary>
    public const string NotFound = "not_found";

    /// <summary>405: the path has no such method.</summary>
    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>409: the name is taken.</summary>
    public const string VmExists = "vm_exists";

    /// <summary>409: the VM is not in a state in which this can be done.</summary>
    public const string VmNotRunning = "vm_not_running";

    /// <summary>409: another command is changing the VM.</summary>
    public const string VmBusy = "vm_busy";

    /// <summary>409: the operation has ended, so that nothing of it can be cancelled.</summary>
    public const string OperationFinished = "operation_finished";

    /// <summary>409: somebody else types into the VM's console; the detail says who.</summary>
    public const string ConsoleTaken = "console_taken";

    /// <summary>413: the body is larger than the endpoint takes.</summary>
    public const string PayloadTooLarge = "payload_too_large";

    /// <summary>415: the body is not JSON.</summary>
    public const string UnsupportedMediaType = "unsupported_media_type";

    /// <summary>422: no image of that name is installed.</summary>
    public const string ImageNotFound = "image_not_found";

    /// <summary>500: an artifact of the image is missing or is not what its manifest says.</summary>
    public const string ImageCorrupt = "image_corrupt";

    /// <summary>429: the VMs that are up have all that they may have (places, vCPUs, memory, disk, a quota, addresses).</summary>
    public const string CapacityExhausted = "capacity_exhausted";

    /// <summary>503: the host has too little memory or disk left for another VM.</summary>
    public const string HostOverloaded = "host_overloaded";

    /// <summary>503: the host lacks something that VMs need (bridge, /dev/net/tun, a VMM).</summary>
    public const string HostNotReady = "host_not_ready";

    /// <summary>500: the VM could not be started; the detail holds the VMM's words.</summary>
    public const string StartFailed = "start_failed";

    /// <summary>503: the VM is still starting.</summary>
    public const string VmStarting = "vm_starting";

    /// <summary>504: the VM was not ready by the deadline.</summary>
    public const string StartTimeout = "start_timeout";

    /// <summary>504: the VM was not stopped by the deadline.</summary>
    public const string StopTimeout = "stop_timeout";

    /// <summary>502: the agent in the VM did not answer.</summary>
    public const string AgentUnreachable = "agent_unreachable";

    /// <summary>502: the VMM refused a command, or did not answer.</summary>
    public const string VmmFailed = "vmm_failed";

    /// <summary>503: the state database could not be written or read: disk full, read-only, locked, damaged.</summary>
    public const string StorageFailed = "storage_failed";

    /// <summary>503: the daemon is shutting down.</summary>
    public const string ShuttingDown = "shutting_down";

    /// <summary>Only in an operation: the daemon ended before it did, and nobody goes on with it.</summary>
    public const string DaemonEnded = "daemon_ended";

    /// <summary>500: a fault of the daemon's own.</summary>
    public const string Internal = "internal_error";
}

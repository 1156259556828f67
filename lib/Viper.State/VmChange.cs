namespace Viper.State;

/// <summary>What to change of a VM; what is not named stays.</summary>
public sealed record VmChange
{
    /// <summary>Gets the revision that the caller has seen; another one in the database refuses the change.</summary>
    public long? ExpectedRevision { get; init; }

    /// <summary>Gets the epoch of the lease that the caller holds; another one in the database refuses the change.</summary>
    public long? LeaseEpoch { get; init; }

    /// <summary>Gets the new status.</summary>
    public FieldChange<string> Status { get; init; }

    /// <summary>Gets the new phase.</summary>
    public FieldChange<string?> Phase { get; init; }

    /// <summary>Gets the new reason of the status.</summary>
    public FieldChange<string?> StatusReason { get; init; }

    /// <summary>Gets the new kernel command line.</summary>
    public FieldChange<string> KernelCmdline { get; init; }

    /// <summary>Gets the new labels as JSON.</summary>
    public FieldChange<string> LabelsJson { get; init; }

    /// <summary>Gets the new rest of the request as JSON.</summary>
    public FieldChange<string> SpecJson { get; init; }

    /// <summary>Gets the new process id of the VMM.</summary>
    public FieldChange<int?> Pid { get; init; }

    /// <summary>Gets the new start time of that process, in clock ticks since boot.</summary>
    public FieldChange<long?> PidStartTime { get; init; }

    /// <summary>Gets the new boot id of the host.</summary>
    public FieldChange<string?> BootId { get; init; }

    /// <summary>Gets the new hypervisor.</summary>
    public FieldChange<string?> Hypervisor { get; init; }

    /// <summary>Gets the new name of the tap device.</summary>
    public FieldChange<string?> TapName { get; init; }

    /// <summary>Gets the new time of the start.</summary>
    public FieldChange<DateTimeOffset?> StartedAt { get; init; }

    /// <summary>Gets the new time of readiness.</summary>
    public FieldChange<DateTimeOffset?> ReadyAt { get; init; }

    internal VmRecord ApplyTo(VmRecord vm) => vm with
    {
        Status = Status.Or(vm.Status),
        Phase = Phase.Or(vm.Phase),
        StatusReason = StatusReason.Or(vm.StatusReason),
        KernelCmdline = KernelCmdline.Or(vm.KernelCmdline),
        LabelsJson = LabelsJson.Or(vm.LabelsJson),
        SpecJson = SpecJson.Or(vm.SpecJson),
        Pid = Pid.Or(vm.Pid),
        PidStartTime = PidStartTime.Or(vm.PidStartTime),
        BootId = BootId.Or(vm.BootId),
        Hypervisor = Hypervisor.Or(vm.Hypervisor),
        TapName = TapName.Or(vm.TapName),
        StartedAt = Internal.Times.Whole(StartedAt.Or(vm.StartedAt)),
        ReadyAt = Internal.Times.Whole(ReadyAt.Or(vm.ReadyAt)),
    };
}

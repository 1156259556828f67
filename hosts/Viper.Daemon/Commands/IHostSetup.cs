namespace Viper.Daemon.Commands;

/// <summary>What the host must have for VMs: a bridge, its address, forwarding, the rules for egress.</summary>
internal interface IHostSetup
{
    /// <summary>What <see cref="ApplyAsync"/> would do; nothing is changed.</summary>
    Task<IReadOnlyList<SetupStep>> PlanAsync(CancellationToken cancellationToken);

    /// <summary>Makes what is missing; repeating it changes nothing.</summary>
    Task<IReadOnlyList<SetupStep>> ApplyAsync(CancellationToken cancellationToken);

    /// <summary>What <see cref="RemoveAsync"/> would do, or refuse; nothing is changed.</summary>
    Task<IReadOnlyList<SetupStep>> PlanRemovalAsync(bool force, CancellationToken cancellationToken);

    /// <summary>Undoes what <see cref="ApplyAsync"/> made; refuses while a daemon or VMs use it, unless forced.</summary>
    Task<IReadOnlyList<SetupStep>> RemoveAsync(bool force, CancellationToken cancellationToken);

    /// <summary>Looks at everything that VMs need of this host.</summary>
    Task<IReadOnlyList<DoctorCheck>> CheckAsync(CancellationToken cancellationToken);

    /// <summary>The VMs' network as the kernel has it now.</summary>
    Task<IReadOnlyList<NetGuest>> ShowNetworkAsync(CancellationToken cancellationToken);
}

using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>The life of the machine.</summary>
public sealed partial class CloudHypervisorClient
{
    /// <summary>Gives the VMM a configuration (<c>vm.create</c>); it is checked only at boot.</summary>
    /// <exception cref="ArgumentException">A console of mode File or Socket has no path, which would crash the VMM.</exception>
    public Task CreateAsync(VmConfig config, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        CheckConsole("serial", config.Serial?.Mode, config.Serial?.File, config.Serial?.Socket);
        CheckConsole("console", config.Console?.Mode, config.Console?.File, config.Console?.Socket);
        CheckConsole("debug_console", config.DebugConsole?.Mode, config.DebugConsole?.File, null);
        return TellAsync(ApiOperation.Create, config, CloudHypervisorJson.Default.VmConfig, cancellationToken);
    }

    /// <summary>Switches the machine off and forgets its configuration (<c>vm.delete</c>); succeeds when there is none.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken = default) => ActAsync(ApiOperation.Delete, cancellationToken);

    /// <summary>Checks the configuration and starts the virtual CPUs (<c>vm.boot</c>).</summary>
    /// <remarks>A virtio-fs socket that nobody serves makes it wait for 60 s, then fail.</remarks>
    public Task BootAsync(CancellationToken cancellationToken = default) => ActAsync(ApiOperation.Boot, cancellationToken);

    /// <summary>Asks for state, configuration and devices (<c>vm.info</c>).</summary>
    public Task<VmInfo> InfoAsync(CancellationToken cancellationToken = default) =>
        AskAsync(ApiOperation.Info, CloudHypervisorJson.Default.VmInfo, _lastInfo, cancellationToken);

    /// <summary>Asks for the counters of the devices of a running machine (<c>vm.counters</c>).</summary>
    public async Task<VmCounters> CountersAsync(CancellationToken cancellationToken = default)
    {
        Dictionary<string, Dictionary<string, ulong>> counters =
            await AskAsync(ApiOperation.Counters, CloudHypervisorJson.Default.Counters, null, cancellationToken).ConfigureAwait(false);
        return new VmCounters(counters.ToDictionary(
            static pair => pair.Key,
            static pair => (IReadOnlyDictionary<string, ulong>)pair.Value ?? new Dictionary<string, ulong>()));
    }

    /// <summary>Switches the machine off without asking the guest (<c>vm.shutdown</c>); its configuration stays.</summary>
    public Task ShutdownAsync(CancellationToken cancellationToken = default) => ActAsync(ApiOperation.Shutdown, cancellationToken);

    /// <summary>Switches the machine off and on again (<c>vm.reboot</c>).</summary>
    public Task RebootAsync(CancellationToken cancellationToken = default) => ActAsync(ApiOperation.Reboot, cancellationToken);

    /// <summary>Stops the virtual CPUs (<c>vm.pause</c>).</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default) => ActAsync(ApiOperation.Pause, cancellationToken);

    /// <summary>Lets paused virtual CPUs run (<c>vm.resume</c>).</summary>
    public Task ResumeAsync(CancellationToken cancellationToken = default) => ActAsync(ApiOperation.Resume, cancellationToken);

    /// <summary>Presses the power button (<c>vm.power-button</c>).</summary>
    public Task PowerButtonAsync(CancellationToken cancellationToken = default) => ActAsync(ApiOperation.PowerButton, cancellationToken);

    /// <summary>Sends the guest a non-maskable interrupt (<c>vm.nmi</c>).</summary>
    public Task NmiAsync(CancellationToken cancellationToken = default) => ActAsync(ApiOperation.Nmi, cancellationToken);

    /// <summary>Writes the memory of a paused machine as an ELF core (<c>vm.coredump</c>).</summary>
    /// <remarks>Only programs built with guest debugging know it; others answer 404 (<see cref="CapabilitiesAsync"/> tells).</remarks>
    public Task CoredumpAsync(VmCoredumpData data, CancellationToken cancellationToken = default) =>
        TellAsync(ApiOperation.Coredump, data, CloudHypervisorJson.Default.VmCoredumpData, cancellationToken);

    private static void CheckConsole(string name, ConsoleMode? mode, string? file, string? socket)
    {
        string? missing = mode switch
        {
            ConsoleMode.File when file is null => "file",
            ConsoleMode.Socket when socket is null => "socket",
            _ => null,
        };
        if (missing is not null)
        {
            throw new ArgumentException($"The '{name}' of mode {mode} has no '{missing}'; Cloud Hypervisor would crash.", nameof(mode));
        }
    }
}

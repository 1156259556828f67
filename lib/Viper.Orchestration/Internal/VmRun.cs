using System.Net;
using System.Text;
using Viper.Contracts;
using Viper.Hypervisor;
using Viper.Images;
using Viper.Orchestration.Admission;
using Viper.Orchestration.Guest;
using Viper.State;

namespace Viper.Orchestration.Internal;

/// <summary>One run of a VM: everything that it holds from the first step of a start until the VMM is gone.</summary>
/// <remarks>Owned by the VM's actor. Each step notes what it made, so that <see cref="ReleaseAsync"/> undoes just that, in reverse.</remarks>
#pragma warning disable CA1001 // The source has no timer to free, and its token outlives the run in others' hands.
internal sealed class VmRun(EngineParts parts, VmRecord record, string tap, NetworkSpec network, VmClaim? claim, string? token = null)
#pragma warning restore CA1001
{
    private readonly VmFolders _folders = new(parts.Settings, record.Id);
    private readonly CancellationTokenSource _ended = new();
    private VmClaim? _claim = claim;
    private bool _hasTap;
    private bool _hasFolder;

    public IMachine? Machine { get; private set; }

    public string Token { get; } = token ?? GuestToken.Create();

    public AgentAddress Agent => new(new IPEndPoint(record.IpAddress, AgentAddress.Port), Token);

    /// <summary>Ends when the run does.</summary>
    public CancellationToken Ended => _ended.Token;

    public void AttachNetwork()
    {
        parts.Network.Attach(tap, record.MacAddress, record.IpAddress, network);
        _hasTap = true;
    }

    public async Task<IMachine> SpawnAsync(IHypervisor hypervisor, BootFiles files, CancellationToken cancellationToken)
    {
        _hasFolder = true;
        _folders.CreateRun();
        _folders.WriteToken(Token);
        MachineInitramfs.Write(files.Initramfs, _folders.Initramfs, Encoding.ASCII.GetBytes(Token), []);
        MachineSpec spec = new()
        {
            Name = record.Name,
            VcpuCount = record.CpuCores,
            MemoryMib = record.MemoryMb,
            KernelPath = files.Kernel,
            VmlinuxPath = files.Vmlinux,
            InitramfsPath = _folders.Initramfs,
            CommandLine = GuestCommandLine.Build(
                files.CommandLine, record.Name, record.IpAddress, parts.Settings.HostAddress, parts.Settings.Subnet,
                [parts.Settings.HostAddress], parts.Time.GetUtcNow(), record.KernelCmdline),
            Disks = files.Root is null ? [] : [new DiskSpec(files.Root)],
            Nics = [new NicSpec(tap, record.MacAddress)],
            RunDirectory = _folders.Run,
            LogDirectory = _folders.Logs,
            Limits = LimitsOf(hypervisor),
        };
        Machine = await hypervisor.StartAsync(spec, cancellationToken).ConfigureAwait(false);
        if (parts.Settings.Limits.ConfineVmms && Machine.Confinement.Reason.Length > 0)
        {
            Log.NotConfined(parts.Log, record.Name, Machine.Confinement.Reason);
        }

        return Machine;
    }

    /// <summary>Takes over the VMM and all else that an earlier daemon made for this VM.</summary>
    /// <returns>False when the VMM is gone; what it had is then still to be removed.</returns>
    public async Task<bool> AdoptAsync(IHypervisor hypervisor, ProcessIdentity vmm, CancellationToken cancellationToken)
    {
        // Nothing is started, so that name and folders are all that matters.
        MachineSpec spec = new()
        {
            Name = record.Name,
            VcpuCount = record.CpuCores,
            MemoryMib = record.MemoryMb,
            KernelPath = "/",
            Nics = [new NicSpec(tap, record.MacAddress)],
            RunDirectory = _folders.Run,
            LogDirectory = _folders.Logs,
            Limits = LimitsOf(hypervisor),
        };
        Machine = await hypervisor.AdoptAsync(spec, vmm, cancellationToken).ConfigureAwait(false);
        _hasTap = _hasFolder = Machine is not null;
        return Machine is not null;
    }

    /// <summary>Ends the VMM alone, so that another can be spawned in its place.</summary>
    public async Task DropMachineAsync()
    {
        if (Machine is not null)
        {
            await Machine.DisposeAsync().ConfigureAwait(false);
            Machine = null;
        }

        _folders.DeleteRun();
    }

    /// <summary>Tells whoever follows <see cref="Ended"/>; the VM's status is to say why by now.</summary>
    public void AnnounceEnd() => _ended.Cancel();

    /// <summary>Takes the VM's place out of the run, so that the next run has it; null where it has none.</summary>
    public VmClaim? TakeClaim() => Interlocked.Exchange(ref _claim, null);

    /// <summary>Ends the VMM if it still runs and removes everything else. Goes on past whatever cannot be removed, and logs it.</summary>
    public async Task ReleaseAsync()
    {
        AnnounceEnd();
        if (Machine is not null)
        {
            await TryAsync("end the VMM of", async () => await Machine.DisposeAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }

        if (_hasTap)
        {
            await TryAsync("remove the tap of", () => parts.Network.DetachAsync(tap)).ConfigureAwait(false);
        }

        if (_hasFolder)
        {
            await TryAsync("remove the run folder of", () =>
            {
                _folders.DeleteRun();
                return Task.CompletedTask;
            }).ConfigureAwait(false);
        }

        TakeClaim()?.Dispose();
    }

    private ProcessLimits LimitsOf(IHypervisor hypervisor) => VmmLimits.Of(parts.Settings.Limits, record.CpuCores, record.MemoryMb, hypervisor.Info);

    private async Task TryAsync(string what, Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // One thing that cannot be removed must not keep the others; the next start of the daemon tries again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.ReleaseFailed(parts.Log, what, record.Name, e);
        }
    }
}

using Viper.Contracts;
using Viper.Daemon.Commands;
using Viper.Daemon.Hosting;
using Viper.Daemon.Settings;
using Viper.Hypervisor;
using Viper.Net;
using Viper.Orchestration;
using Viper.Orchestration.Network;

namespace Viper.Daemon.Composition;

/// <summary>The host's part of the VMs' network, for <c>setup</c>; and all that VMs need of the host, for <c>doctor</c>.</summary>
internal sealed class HostSetup(DaemonSettings settings, HostNetwork network) : IHostSetup
{
    public Task<IReadOnlyList<SetupStep>> PlanAsync(CancellationToken cancellationToken) => Try<IReadOnlyList<SetupStep>>(() => Steps(network.Plan()));

    public Task<IReadOnlyList<SetupStep>> ApplyAsync(CancellationToken cancellationToken) => Try(() =>
    {
        IReadOnlyList<SetupStep> steps = Steps(network.Plan());
        network.Apply();
        return steps;
    });

    public Task<IReadOnlyList<SetupStep>> PlanRemovalAsync(bool force, CancellationToken cancellationToken) => Try<IReadOnlyList<SetupStep>>(() => Steps(network.PlanRemoval(force)));

    public Task<IReadOnlyList<SetupStep>> RemoveAsync(bool force, CancellationToken cancellationToken) => Try(() =>
    {
        IReadOnlyList<SetupStep> steps = Steps(network.PlanRemoval(force));
        network.Remove(force);
        return steps;
    });

    public async Task<IReadOnlyList<DoctorCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        List<DoctorCheck> checks = [await CheckHypervisorAsync(cancellationToken), CheckImages(), CheckConfinement()];
        checks.AddRange(network.Check().Select(static finding => new DoctorCheck(
            finding.Name,
            finding.Level is FindingLevel.Ok or FindingLevel.Warning,
            finding.Why.Length == 0 ? finding.What : $"{finding.What.TrimEnd('.')}. {finding.Why}",
            finding.Remedy.Length == 0 ? null : finding.Remedy)
        {
            Known = finding.Level != FindingLevel.Unknown,
        }));
        return checks;
    }

    public Task<IReadOnlyList<NetGuest>> ShowNetworkAsync(CancellationToken cancellationToken) => Try(() =>
    {
        Dictionary<string, string> names = Names();
        return (IReadOnlyList<NetGuest>)
        [
            .. network.ListGuests().Select(guest => new NetGuest
            {
                Vm = names.GetValueOrDefault(guest.Tap),
                Tap = guest.Tap,
                TapState = guest.Port switch { GuestPortState.Up => "up", GuestPortState.Down => "down", _ => "missing" },
                IpAddress = guest.Ip.ToString(),
                MacAddress = guest.Mac.ToString(),
                Policy = guest.Policy,
                UpKbps = guest.UpKbps,
                DownKbps = guest.DownKbps,
                MaxConnections = guest.MaxConnections,
                SentPackets = guest.Sent.Packets,
                SentBytes = guest.Sent.Bytes,
                ReceivedPackets = guest.Received.Packets,
                ReceivedBytes = guest.Received.Bytes,
                DnsQueries = guest.Questions.Packets,
                DeniedPackets = guest.Denied.Packets,
                ForgedPackets = guest.Forged.Packets,
            }),
        ];
    });

    /// <summary>The names of VMs by their taps, as far as the database tells them.</summary>
    private Dictionary<string, string> Names()
    {
        try
        {
            return new(KnownVms.NamesByTap(settings.Engine.StateDirectory));
        }
        catch (EngineException)
        {
            return [];
        }
    }

    private async Task<DoctorCheck> CheckHypervisorAsync(CancellationToken cancellationToken)
    {
        const string Name = "hypervisor";
        if (!HypervisorSelection.TryParse(settings.Engine.Hypervisor, out HypervisorChoice choice))
        {
            return new DoctorCheck(Name, false, $"'{settings.Engine.Hypervisor}' is none of auto, qemu, cloud-hypervisor.", "Set VIPER_HYPERVISOR or --hypervisor.");
        }

        try
        {
            IHypervisor found = await HypervisorSelection.SelectAsync(
                new HypervisorOptions { Choice = choice, QemuPath = settings.Engine.QemuPath, CloudHypervisorPath = settings.Engine.CloudHypervisorPath },
                cancellationToken);
            return new DoctorCheck(Name, true, $"{found.Info.Version}, {found.Info.Accelerator.ToString().ToLowerInvariant()}, {found.Info.MachineType}");
        }
        catch (HypervisorException e)
        {
            return new DoctorCheck(Name, false, e.Message, "Install it, or name it with --qemu or --cloud-hypervisor.");
        }
    }

    private DoctorCheck CheckImages()
    {
        IReadOnlyList<ImageInfo> images = InstalledImages.List(Path.Combine(settings.Engine.StateDirectory, "images"));
        return images.Count > 0
            ? new DoctorCheck("images", true, string.Join(", ", images.Select(static image => image.Name)))
            : new DoctorCheck("images", false, $"No image in {settings.Engine.StateDirectory}.", "viper images build browser");
    }

    // VMs run without, so it is said and does not fail the check.
    private DoctorCheck CheckConfinement()
    {
        const string Name = "control groups";
        if (!settings.Engine.Limits.ConfineVmms)
        {
            return new DoctorCheck(Name, true, "Not used: VIPER_CONFINE_VMMS is off.");
        }

        HostConfinement found = HostConfinement.Find();
        string version = found.Version switch { CgroupVersion.V2 => "version 2", CgroupVersion.V1 => "version 1", _ => "none" };
        string what = found.Controllers.Count > 0 ? $"{version}: {string.Join(", ", found.Controllers)}" : "none: VMMs are not limited";
        return new DoctorCheck(Name, true, found.Reason.Length == 0 ? what : $"{what} ({found.Reason})");
    }

    private static List<SetupStep> Steps(IReadOnlyList<NetworkStep> plan) => [.. plan.Select(static step => new SetupStep(step.Name, step.Description, !step.IsDone) { Details = step.Details })];

    private static Task<T> Try<T>(Func<T> work)
    {
        try
        {
            return Task.FromResult(work());
        }
        catch (Exception e) when (e is HostNetworkException or NetException or IOException or UnauthorizedAccessException)
        {
            throw new StartException(e.Message, e);
        }
    }
}

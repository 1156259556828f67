using System.Net.Sockets;
using Viper.Hypervisor.Machines;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Runs machines with Cloud Hypervisor.</summary>
internal sealed class CloudHypervisorVmm(HypervisorInfo info) : IHypervisor
{
    private const string Remedy =
        "Install cloud-hypervisor v51.2 or v53.0 from its project's releases (Debian has no package), or set " +
        "VIPER_CLOUD_HYPERVISOR to its path, or choose qemu.";

    // A boot can take a minute when something that it waits for does not answer.
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_socketRetry = TimeSpan.FromMilliseconds(2);

    public HypervisorKind Kind => HypervisorKind.CloudHypervisor;

    public HypervisorInfo Info => info;

    /// <summary>The error for a Cloud Hypervisor that is not there.</summary>
    public static HypervisorProgramMissingException Missing(string program, Exception? inner = null) =>
        new(HypervisorKind.CloudHypervisor, program, Remedy, inner);

    public Task<IMachine> StartAsync(MachineSpec spec, CancellationToken cancellationToken)
    {
        MachineSpecValidator.Check(spec);
        cancellationToken.ThrowIfCancellationRequested();
        return MachineStart.RunAsync(spec, info, s_startLimit, LaunchAsync, Missing, cancellationToken);
    }

    /// <summary>Turns a description into the VMM's configuration.</summary>
    internal static VmConfig Configure(MachineSpec spec, string serialPath) => new()
    {
        Cpus = new CpusConfig(spec.VcpuCount, spec.VcpuCount),
        Memory = new MemoryConfig(spec.MemoryMib * 1024L * 1024L),
        Payload = new PayloadConfig
        {
            Kernel = spec.VmlinuxPath ?? spec.KernelPath,
            Cmdline = spec.CommandLine,
            Initramfs = spec.InitramfsPath,
        },
        Disks = spec.Disks.Count == 0
            ? null
            : [.. spec.Disks.Select((disk, i) => new DiskConfig
            {
                Id = $"disk{i}", Path = disk.Path, Readonly = disk.ReadOnly, ImageType = DiskImageType.Raw,
            })],
        Net = spec.Nics.Count == 0
            ? null
            : [.. spec.Nics.Select((nic, i) => new NetConfig { Id = $"net{i}", Tap = nic.TapName, Mac = nic.MacAddress })],
        Rng = new RngConfig("/dev/urandom"),
        Serial = ConsoleConfig.ToSocket(serialPath),
        Console = ConsoleConfig.Off,
    };

    private static async Task<SupervisedMachine> LaunchAsync(MachineStart start, CancellationToken cancellationToken)
    {
        string apiPath = start.Files.ClaimSocket("api.sock");
        string serialPath = start.Files.ClaimSocket("serial.sock");
        start.Files.AlsoRemove(apiPath + ".lock");
        start.Spawn(["--api-socket", $"path={apiPath}"], []);

        CloudHypervisorClient client = start.Own(new CloudHypervisorClient(apiPath));
        await WaitForApiAsync(apiPath, cancellationToken).ConfigureAwait(false);
        await client.PingAsync(cancellationToken).ConfigureAwait(false);
        await client.CreateAsync(Configure(start.Files.Spec, serialPath), cancellationToken).ConfigureAwait(false);

        // The VMM may listen for the console from here on, or only once booted; the earlier, the less output is missed.
        NetworkStream? port = await UnixListener.TryConnectAsync(serialPath, cancellationToken).ConfigureAwait(false);
        SerialConsole? early = port is null ? null : start.Own(SerialConsole.Open(port, start.Files.SerialLog));
        await client.BootAsync(cancellationToken).ConfigureAwait(false);
        SerialConsole serial = early ?? start.Own(SerialConsole.Open(
            await ConnectAsync(serialPath, cancellationToken).ConfigureAwait(false), start.Files.SerialLog));
        return new CloudHypervisorMachine(start.Files, start.Process, serial, client);
    }

    private static async Task WaitForApiAsync(string path, CancellationToken cancellationToken) =>
        await (await ConnectAsync(path, cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);

    // The program makes its sockets itself, so there is nothing to wait on but their appearance; the caller's token ends it.
    private static async Task<NetworkStream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await UnixListener.TryConnectAsync(path, cancellationToken).ConfigureAwait(false) is { } stream)
            {
                return stream;
            }

            await Task.Delay(s_socketRetry, cancellationToken).ConfigureAwait(false);
        }
    }
}

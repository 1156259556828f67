using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The devices of one booted machine: made in the VMM's order at boot, or added while it runs.</summary>
/// <remarks>Writes generated names and addresses into the configuration, as the VMM does.</remarks>
internal sealed class VmDevices(JsonObject config, HostTraits host, DeviceTree tree)
{
    /// <summary>The parts of a configuration that are lists of devices.</summary>
    public static readonly string[] Lists = ["disks", "net", "fs", "generic-vhost-user", "pmem", "devices", "user_devices", "vdpa"];

    /// <summary>The parts that are one device each.</summary>
    public static readonly string[] Singles = ["vsock", "balloon", "rng", "rtc", "console"];

    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(20);

    private readonly List<(string Path, bool IsWritable)> _locks = [];
    private int _generated;

    public DeviceTree Tree => tree;

    /// <summary>Makes every device of the configuration.</summary>
    public async Task MakeAllAsync()
    {
        tree.AddPlain("__ioapic");
        if (config["serial"]!.AsObject().Text("mode") != "Off")
        {
            tree.AddPlain("__serial");
        }

        Dictionary<JsonObject, JsonObject> regions = config.List("pmem").ToDictionary(pmem => pmem, TakePmem);
        JsonObject console = config["console"]!.AsObject();
        if (console.Text("mode") != "Off")
        {
            tree.AddVirtio("__console", console);
        }

        foreach (JsonObject disk in config.List("disks"))
        {
            LockDisk(disk);
            tree.AddVirtio(Name(disk, "_disk"), disk, isLow: disk.Number("pci_segment") == 0);
        }

        foreach (JsonObject net in config.List("net"))
        {
            AddNet(net);
        }

        AddSingle("rng");
        foreach (JsonObject fs in config.List("fs"))
        {
            await WaitForSocketAsync(fs, "Cannot create virtio-fs device");
            tree.AddVirtio(Name(fs, "_fs"), fs);
        }

        foreach ((JsonObject pmem, JsonObject region) in regions)
        {
            tree.AddVirtio(Name(pmem, "_pmem"), pmem, region: region);
        }

        AddNamed("vsock", "_vsock");
        AddMemory();
        AddSingle("balloon");
        if (config.Flag("watchdog"))
        {
            tree.AddVirtio("__watchdog", []);
        }

        RefusePassthrough();
        if (config.Flag("pvpanic"))
        {
            tree.AddPci("__pvpanic", 2, 16);
        }
    }

    /// <summary>Adds one device of a running machine and gives its place on the bus.</summary>
    public async Task<string> AddAsync(string kind, JsonObject device)
    {
        switch (kind)
        {
            case "disks":
                LockDisk(device);
                return tree.AddVirtio(Name(device, "_disk"), device);
            case "net":
                return AddNet(device);
            case "pmem":
                JsonObject region = TakePmem(device);
                return tree.AddVirtio(Name(device, "_pmem"), device, region: region);
            case "vsock":
                return tree.AddVirtio(Name(device, "_vsock"), device);
            case "fs":
                await WaitForSocketAsync(device, "Cannot create virtio-fs device");
                return tree.AddVirtio(Name(device, "_fs"), device);
            case "generic-vhost-user":
                await WaitForSocketAsync(device, "Cannot create generic vhost-user device");
                return tree.AddVirtio(Name(device, "_generic_vhost_user"), device);
            default:
                throw Passthrough(kind);
        }
    }

    // This host has none of the devices that could be passed on.
    private static ApiException Passthrough(string kind) => kind switch
    {
        "devices" => ApiException.OfDevices(
            "Cannot create a VFIO device", $"failed to open /dev/vfio/vfio container: {ApiException.NoFile}", ApiException.NoFile),
        "vdpa" => ApiException.OfDevices(
            "Cannot create vdpa device", "Failed to create vhost-vdpa", $"failure in opening vhost file: {ApiException.NoFile}"),
        _ => ApiException.OfDevices("Failed to create VfioUser client", ApiException.NoFile),
    };

    private void RefusePassthrough()
    {
        if (Array.Find(["devices", "vdpa", "user_devices"], kind => config.List(kind).Any()) is { } kind)
        {
            throw Passthrough(kind);
        }
    }

    private void AddSingle(string part)
    {
        if (config[part] is JsonObject device)
        {
            tree.AddVirtio($"__{part}", device);
        }
    }

    private void AddNamed(string part, string prefix)
    {
        if (config[part] is JsonObject device)
        {
            tree.AddVirtio(Name(device, prefix), device);
        }
    }

    private void AddMemory()
    {
        JsonObject memory = config["memory"]!.AsObject();
        if (memory.Text("hotplug_method") != "VirtioMem")
        {
            return;
        }

        foreach (JsonObject zone in memory.List("zones").Where(zone => zone.ContainsKey("hotplug_size")))
        {
            tree.AddVirtio(zone.Text("id")!, []);
        }

        if (memory.ContainsKey("hotplug_size"))
        {
            tree.AddVirtio("mem0", []);
        }
    }

    private string AddNet(JsonObject net)
    {
        if (!net.ContainsKey("fds") && !net.ContainsKey("host_mac"))
        {
            int after = net.IndexOf("mac") + 1;
            net.Insert(after, "host_mac", HostMac());
        }

        return tree.AddVirtio(Name(net, "_net"), net);
    }

    private static string HostMac()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(6);
        bytes[0] = (byte)((bytes[0] & 0xFE) | 2);
        return string.Join(':', bytes.Select(one => one.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
    }

    // The id goes first, as the VMM shows it.
    private string Name(JsonObject device, string prefix)
    {
        if (device.Text("id") is { } given)
        {
            return given;
        }

        HashSet<string?> taken = [.. ConfigValidator.Devices(config).Select(each => each.Text("id"))];
        string name;
        do
        {
            name = $"{prefix}{_generated++}";
        }
        while (taken.Contains(name) || tree.Has(name));

        device.Insert(0, "id", name);
        return name;
    }

    private void LockDisk(JsonObject disk)
    {
        if (disk.Flag("vhost_user"))
        {
            throw ApiException.OfDevices("Cannot create vhost-user-blk device", "Connection to socket failed", NoPeer);
        }

        string path = disk.Text("path") ?? throw ApiException.OfDevices("No disk path was specified when one was expected");
        if (!File.Exists(path))
        {
            throw ApiException.OfDevices("Cannot open disk path", $"I/O error (path={path} op=open)", ApiException.NoFile);
        }

        bool isWritable = !disk.Flag("readonly");
        if (_locks.Any(held => held.Path == path && (held.IsWritable || isWritable)))
        {
            throw ApiException.OfDevices(
                "Cannot lock images of all block devices",
                $"Failed to get {(isWritable ? "Write" : "Read")} lock for disk image: {path}",
                "The file is already locked");
        }

        _locks.Add((path, isWritable));
    }

    private const string NoPeer = $"vhost-user: can't connect to peer: {ApiException.NoFile}";

    private JsonObject TakePmem(JsonObject pmem)
    {
        FileInfo file = new(pmem.Text("file")!);
        long size = pmem.ContainsKey("size") ? pmem.Number("size") : file.Exists ? file.Length : 0;
        return !file.Exists
            ? throw ApiException.OfDevices("Cannot open persistent memory file", ApiException.NoFile)
            : size is 0 or > 1L << 40
                ? throw ApiException.OfDevices("Persistent memory file size is not a multiple of 2MiB")
                : tree.TakeRegion((ulong)size);
    }

    // The process that serves the device may still be about to make its socket, so the VMM asks again and again.
    private async Task WaitForSocketAsync(JsonObject device, string failure)
    {
        string path = device.Text("socket")!;
        long start = Environment.TickCount64;
        while (true)
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
                return;
            }
            catch (Exception e) when (e is SocketException or ArgumentException)
            {
                if (Environment.TickCount64 - start >= host.VhostUserWait.TotalMilliseconds)
                {
                    throw ApiException.OfDevices(failure, "Connection to socket failed", NoPeer);
                }
            }

            await Task.Delay(s_retry);
        }
    }
}

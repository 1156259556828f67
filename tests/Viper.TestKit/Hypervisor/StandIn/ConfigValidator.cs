using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>What the VMM checks of a configuration before it boots, and again for each device that is added.</summary>
internal static class ConfigValidator
{
    private const int LeastMtu = 1280;

    /// <exception cref="ApiException">The configuration cannot be run.</exception>
    public static void Check(JsonObject config)
    {
        CheckPayload(config["payload"]);
        long boot = config.Number("cpus", "boot_vcpus");
        CheckCpus(config["cpus"]!.AsObject(), boot);
        JsonObject memory = config["memory"]!.AsObject();
        if (memory.ContainsKey("hugepage_size") && !memory.Flag("hugepages"))
        {
            throw ApiException.Invalid("Huge page size specified but huge pages not enabled");
        }

        bool isShared = memory.Flag("shared") || memory.Flag("hugepages");
        foreach (JsonObject disk in config.List("disks"))
        {
            CheckVhostUser(disk.Flag("vhost_user"), isShared);
            CheckQueues(disk.Number("num_queues"), boot);
        }

        foreach (JsonObject net in config.List("net"))
        {
            CheckNet(net, isShared, boot);
        }

        CheckVhostUser(config.List("fs").Any() || config.List("generic-vhost-user").Any(), isShared);
        if (config.List("user_devices").Any() && !isShared)
        {
            throw ApiException.Invalid("Using user devices requires using shared memory or huge pages");
        }

        if (config["vsock"] is JsonObject vsock && vsock.Number("cid") is (<= 2 or uint.MaxValue) and var cid)
        {
            throw ApiException.Invalid($"{cid} is a special VSOCK CID");
        }

        CheckSegments(config);
        CheckIds(config);
    }

    /// <summary>Every device that the configuration describes.</summary>
    public static IEnumerable<JsonObject> Devices(JsonObject config)
    {
        IEnumerable<JsonObject> lists = VmDevices.Lists.SelectMany(config.List);
        return lists.Concat(VmDevices.Singles.Select(name => config[name]).OfType<JsonObject>());
    }

    private static void CheckPayload(JsonNode? payload)
    {
        bool hasKernel = payload?["kernel"] is not null;
        bool hasFirmware = payload?["firmware"] is not null;
        if (hasKernel == hasFirmware)
        {
            throw ApiException.Invalid(
                "Payload configuration is not bootable",
                hasKernel ? "Too many bootitems provided: firmware and kernel" : "No bootitem provided: neither firmware nor kernel");
        }
    }

    private static void CheckCpus(JsonObject cpus, long boot)
    {
        long most = cpus.Number("max_vcpus");
        if (most < boot)
        {
            throw ApiException.Invalid($"Max CPUs ({most}) lower than boot CPUs ({boot})");
        }

        if (cpus["topology"] is JsonObject topology
            && topology.Select(part => part.Value!.GetValue<long>()).Aggregate(1L, (product, part) => product * part) != most)
        {
            throw ApiException.Invalid("Product of CPU topology parts does not match maximum vCPUs");
        }
    }

    private static void CheckNet(JsonObject net, bool isShared, long boot)
    {
        long queues = net.Number("num_queues");
        if (queues < 2)
        {
            throw ApiException.Invalid($"Number of queues ({queues}) to virtio_net should be higher than 2");
        }

        CheckVhostUser(net.Flag("vhost_user"), isShared);
        CheckQueues(queues / 2, boot);
        if (net.ContainsKey("mtu") && net.Number("mtu") is < LeastMtu and var mtu)
        {
            throw ApiException.Invalid($"Provided MTU {mtu} is lower than {LeastMtu} (expected by VIRTIO specification)");
        }
    }

    private static void CheckVhostUser(bool isUsed, bool isShared)
    {
        if (isUsed && !isShared)
        {
            throw ApiException.Invalid("Using vhost-user requires using shared memory or huge pages");
        }
    }

    private static void CheckQueues(long queues, long boot)
    {
        if (queues > boot)
        {
            throw ApiException.Invalid($"Queue count ({queues}) must not exceed boot vCPUs ({boot})");
        }
    }

    private static void CheckSegments(JsonObject config)
    {
        long count = config["platform"] is JsonObject platform ? platform.Number("num_pci_segments") : 1;
        foreach (JsonObject device in Devices(config).Where(device => device.Number("pci_segment") >= count))
        {
            throw ApiException.Invalid($"Invalid PCI segment id: {device.Number("pci_segment")}");
        }
    }

    private static void CheckIds(JsonObject config)
    {
        HashSet<string> seen = [];
        foreach (string id in Devices(config).Concat(config["memory"]!.AsObject().List("zones")).Select(device => device.Text("id")).OfType<string>())
        {
            if (!seen.Add(id))
            {
                throw ApiException.Invalid($"Identifier {id} is not unique");
            }
        }
    }
}

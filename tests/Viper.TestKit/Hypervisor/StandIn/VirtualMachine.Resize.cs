using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

internal sealed partial class VirtualMachine
{
    private const long MemoryStep = 128 << 20;

    private long _bootMemory = config.Number("memory", "size");
    private bool _isRemovalPending;

    /// <summary>Changes the number of vCPUs, the memory and the balloon; null leaves one as it is.</summary>
    public void Resize(long? vcpus, long? ram, long? balloon)
    {
        if (vcpus is { } count)
        {
            ResizeCpus(count);
        }

        if (ram is { } size)
        {
            ResizeMemory(size);
        }

        if (balloon is { } kept)
        {
            JsonObject device = Config["balloon"] as JsonObject ?? throw ApiException.OfDevices("Missing virtio-balloon device");
            device["size"] = kept;
        }
    }

    public void ResizeZone(string id, long size)
    {
        JsonObject memory = Config["memory"]!.AsObject();
        JsonObject? zone = memory.List("zones").FirstOrDefault(zone => zone.Text("id") == id);
        long least = zone?.Number("size") ?? 0;
        if (zone is null || size < least || size > least + zone.Number("hotplug_size"))
        {
            throw new ApiException("Failed resizing a memory zone");
        }

        zone["hotplugged_size"] = size - least;
    }

    private void ResizeCpus(long count)
    {
        JsonObject cpus = Config["cpus"]!.AsObject();
        if (count == 0)
        {
            throw new ApiException("Error from CPU manager", "Requested zero vCPUs");
        }

        if (count > cpus.Number("max_vcpus"))
        {
            throw new ApiException("Error from CPU manager", "Requested vCPUs exceed maximum");
        }

        if (IsBooted && count != cpus.Number("boot_vcpus"))
        {
            if (_isRemovalPending)
            {
                throw new PendingRemovalException();
            }

            // This guest never gives a vCPU up.
            _isRemovalPending = count < cpus.Number("boot_vcpus");
        }

        cpus["boot_vcpus"] = count;
    }

    private void ResizeMemory(long size)
    {
        JsonObject memory = Config["memory"]!.AsObject();
        if (!IsBooted)
        {
            memory["size"] = size;
            return;
        }

        bool isVirtioMem = memory.Text("hotplug_method") == "VirtioMem";
        long present = memory.Number("size") + memory.Number("hotplugged_size");
        if (size > present && (size - present) % MemoryStep != 0)
        {
            throw ApiException.OfMemory("The requested hotplug memory addition is not a valid size");
        }

        if (size > _bootMemory + memory.Number("hotplug_size"))
        {
            throw ApiException.OfMemory("Not enough space in the hotplug RAM region");
        }

        if (isVirtioMem)
        {
            memory["hotplugged_size"] = Math.Max(0, size - _bootMemory);
        }
        else if (size > present)
        {
            // Memory that ACPI has given is never taken back.
            memory["size"] = size;
        }
    }
}

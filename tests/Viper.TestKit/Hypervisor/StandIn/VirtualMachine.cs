using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The VMM's one machine, from its configuration on.</summary>
/// <remarks>Not thread-safe: the VMM answers one request at a time.</remarks>
internal sealed partial class VirtualMachine(JsonObject config, HostTraits host)
{
    private VmDevices? _devices;

    public JsonObject Config { get; private set; } = config;

    public string State { get; private set; } = "Created";

    public bool IsBooted => State != "Created";

    /// <summary>What vm.info answers.</summary>
    public JsonObject Info()
    {
        JsonObject info = new()
        {
            ["config"] = Config.DeepClone(),
            ["state"] = State,
            ["memory_actual_size"] = MemorySize(),
        };
        if (_devices is not null)
        {
            info["device_tree"] = _devices.Tree.ToJson();
        }

        return info;
    }

    /// <summary>Checks the configuration, makes the devices and loads the kernel.</summary>
    public async Task BootAsync()
    {
        if (IsBooted)
        {
            throw new ApiException("VM is already created");
        }

        ConfigValidator.Check(Config);
        CheckMemory();
        _devices = null;
        VmDevices devices = new(Config, host, new DeviceTree());
        await devices.MakeAllAsync();

        // The kernel is loaded last: if it cannot be, the devices stay.
        _devices = devices;
        Payload.Check(Config["payload"]!.AsObject());
        State = "Running";
        _bootMemory = Config.Number("memory", "size");
        _isRemovalPending = false;
    }

    public void Pause()
    {
        RequireBooted();
        if (State == "Paused")
        {
            throw Transition("Cannot pause VM", "Failed to pause migratable component");
        }

        State = "Paused";
    }

    public void Resume()
    {
        RequireBooted();
        if (State == "Running")
        {
            throw Transition("Cannot resume VM", "Failed to resume migratable component");
        }

        State = "Running";
    }

    public void Shutdown()
    {
        RequireBooted();
        State = "Created";
        _devices = null;
    }

    public async Task RebootAsync()
    {
        Shutdown();
        await BootAsync();
    }

    public void RequireBooted()
    {
        if (!IsBooted)
        {
            throw ApiException.NotRunning;
        }
    }

    /// <summary>What vm.counters answers: nothing has happened on any device.</summary>
    public JsonObject Counters()
    {
        RequireBooted();
        JsonObject counters = [];
        foreach (string id in Config.List("disks").Select(disk => disk.Text("id")!))
        {
            JsonObject counts = [];
            foreach (string direction in (string[])["read", "write"])
            {
                counts[$"{direction}_bytes"] = 0;
                counts[$"{direction}_ops"] = 0;
                counts[$"{direction}_latency_min"] = ulong.MaxValue;
                counts[$"{direction}_latency_max"] = ulong.MaxValue;
                counts[$"{direction}_latency_avg"] = ulong.MaxValue / 10_000;
            }

            counters[id] = counts;
        }

        foreach (string id in Config.List("net").Select(net => net.Text("id")!))
        {
            counters[id] = new JsonObject { ["rx_bytes"] = 0, ["tx_bytes"] = 0, ["rx_frames"] = 0, ["tx_frames"] = 0 };
        }

        return counters;
    }

    private ApiException Transition(string outer, string inner) =>
        new(outer, inner, $"Invalid transition: InvalidStateTransition({State}, {State})");

    private long MemorySize()
    {
        JsonObject memory = Config["memory"]!.AsObject();
        return Sum(memory) + memory.List("zones").Sum(Sum);
        static long Sum(JsonObject part) => part.Number("size") + part.Number("hotplugged_size");
    }

    private void CheckMemory()
    {
        const long SmallPage = 2 << 20;
        const long LargePage = 1 << 30;
        JsonObject memory = Config["memory"]!.AsObject();
        if (memory.Number("size") == 0 && !memory.List("zones").Any())
        {
            throw ApiException.OfMemory("No memory zones found");
        }

        if (memory.ContainsKey("hugepage_size") && memory.Number("hugepage_size") is not (SmallPage or LargePage))
        {
            throw ApiException.OfMemory("Failed to create shared file", "No such device (os error 19)");
        }
    }
}

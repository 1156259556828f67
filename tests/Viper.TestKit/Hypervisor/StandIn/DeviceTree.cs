using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The devices of a booted machine, with their places on the PCI bus and in memory.</summary>
internal sealed class DeviceTree
{
    private const ulong BarSize = 512 << 10;
    private const ulong WideBarAlignment = 8 << 20;
    private const ulong RegionAlignment = 2 << 20;
    private const int SlotCount = 32;

    // The 32-bit hole ends below the platform's own devices; the 64-bit one at the top of 46 bits of address.
    private readonly AddressSpace _low = new(0xC000_0000, 0xE800_0000);
    private readonly AddressSpace _high = new(1UL << 40, (1UL << 46) - 0x1_0000);
    private readonly JsonObject _nodes = [];
    private readonly Dictionary<long, HashSet<long>> _slots = [];

    public JsonObject ToJson() => _nodes.DeepClone().AsObject();

    public bool Has(string id) => _nodes.ContainsKey(id);

    /// <summary>The tree of a snapshot; what is taken in it stays taken.</summary>
    public static DeviceTree From(JsonObject nodes)
    {
        DeviceTree tree = new();
        foreach ((string id, JsonNode? node) in nodes)
        {
            tree._nodes[id] = node!.DeepClone();
            if (node.AsObject().Text("pci_bdf") is { Length: 12 } place)
            {
                tree.Slots(Convert.ToInt64(place[..4], 16)).Add(Convert.ToInt64(place[8..10], 16));
            }
        }

        // The regions of a snapshot are not known in order: what is added later goes far below them.
        tree._high.Take(1UL << 38, RegionAlignment);
        return tree;
    }

    /// <summary>Adds a device that is not on the bus.</summary>
    public void AddPlain(string id) => _nodes[id] = Node(id, [], null, []);

    /// <summary>Takes room for the memory of a device that is to come.</summary>
    public JsonObject TakeRegion(ulong size) => new()
    {
        ["MmioAddressRange"] = new JsonObject { ["base"] = _high.Take(size, RegionAlignment), ["size"] = size },
    };

    /// <summary>Adds a virtio device with the bus device that carries it, and gives the place on the bus.</summary>
    public string AddVirtio(string id, JsonObject device, bool isLow = false, JsonObject? region = null)
    {
        string carrier = $"_virtio-pci-{id}";
        string place = TakePlace(device);
        ulong address = isLow ? _low.Take(BarSize, BarSize) : _high.Take(BarSize, WideBarAlignment);
        _nodes[carrier] = Node(carrier, [Bar(address, BarSize, isLow)], null, [id]);
        _nodes[carrier]!["pci_bdf"] = place;
        _nodes[id] = Node(id, region is null ? [] : [region], carrier, []);
        return place;
    }

    /// <summary>Adds a device of the bus itself.</summary>
    public void AddPci(string id, ulong size, ulong alignment)
    {
        string place = TakePlace([]);
        _nodes[id] = Node(id, [Bar(_low.Take(size, alignment), size, isLow: true)], null, []);
        _nodes[id]!["pci_bdf"] = place;
    }

    private static JsonObject Bar(ulong address, ulong size, bool isLow) => new()
    {
        ["PciBar"] = new JsonObject
        {
            ["index"] = 0,
            ["base"] = address,
            ["size"] = size,
            ["type_"] = isLow ? "Mmio32" : "Mmio64",
            ["prefetchable"] = false,
        },
    };

    private static JsonObject Node(string id, JsonArray resources, string? parent, JsonArray children)
    {
        JsonObject node = new() { ["id"] = id, ["resources"] = resources };
        if (parent is not null)
        {
            node["parent"] = parent;
        }

        node["children"] = children;
        return node;
    }

    private HashSet<long> Slots(long segment) =>
        _slots.TryGetValue(segment, out HashSet<long>? slots) ? slots : _slots[segment] = [0];

    private string TakePlace(JsonObject device)
    {
        long segment = device.Number("pci_segment");
        HashSet<long> slots = Slots(segment);
        long slot = device.ContainsKey("pci_device_id")
            ? device.Number("pci_device_id")
            : Enumerable.Range(0, SlotCount).Select(each => (long)each).FirstOrDefault(each => !slots.Contains(each), SlotCount);
        return slot < SlotCount && slots.Add(slot)
            ? $"{segment:x4}:00:{slot:x2}.0"
            : throw ApiException.OfDevices("Failed to allocate a PCI device slot", "No more free PCI slots");
    }
}

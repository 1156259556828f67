using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

internal sealed partial class VirtualMachine
{
    private const int SectorSize = 512;

    /// <summary>Adds a device; gives its name and place once the machine runs, and null before.</summary>
    public async Task<JsonObject?> AddAsync(string kind, JsonObject device)
    {
        bool isSingle = VmDevices.Singles.Contains(kind);
        if (isSingle && Config[kind] is not null)
        {
            throw new ApiException("Too many virtio-vsock devices");
        }

        JsonObject before = Config.DeepClone().AsObject();
        Put(kind, device, isSingle);
        try
        {
            ConfigValidator.Check(Config);
            return _devices is null || !IsBooted
                ? null
                : new JsonObject { ["bdf"] = await _devices.AddAsync(kind, device), ["id"] = device.Text("id") };
        }
        catch (ApiException)
        {
            Restore(kind, before);
            throw;
        }
    }

    /// <summary>Removes a device from the configuration; a guest that runs keeps it until it lets go.</summary>
    public void Remove(string id)
    {
        if (TryRemove(id))
        {
            return;
        }

        if (!IsBooted)
        {
            throw new ApiException($"No device with id \"{id}\" to remove");
        }

        bool isFixed = id.StartsWith("__", StringComparison.Ordinal) && _devices!.Tree.Has(id);
        throw ApiException.OfDevices(isFixed ? "Removal not allowed for this type of devices" : NoDevice(id));
    }

    public void ResizeDisk(string id, long size)
    {
        RequireBooted();
        JsonObject disk = Config.List("disks").FirstOrDefault(disk => disk.Text("id") == id) ?? throw ApiException.OfDevices(NoDevice(id));
        if (size % SectorSize != 0)
        {
            throw ApiException.OfDevices("Disk resize error", $"Disk image size is not a multiple of {SectorSize}");
        }

        try
        {
            using FileStream file = new(disk.Text("path")!, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(size);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw ApiException.OfDevices("Disk resize error", "Failed resizing disk image", e.Message);
        }
    }

    private static string NoDevice(string id) => $"Failed to find device corresponding to the given identifier: {id}";

    // The order of a configuration is that of its type, so a new part goes in by reading it anew.
    private void Put(string kind, JsonObject device, bool isSingle)
    {
        if (!isSingle && Config[kind] is JsonArray list)
        {
            list.Add(device);
            return;
        }

        JsonObject parts = Config.DeepClone().AsObject();
        parts[kind] = isSingle ? new JsonObject() : new JsonArray();
        string[] order = [.. ConfigTypes.Vm.FieldNames.Where(parts.ContainsKey)];
        int place = Array.IndexOf(order, kind);
        Config.Insert(place, kind, isSingle ? device : new JsonArray(device));
    }

    private void Restore(string kind, JsonObject before)
    {
        if (before[kind] is null)
        {
            Config.Remove(kind);
        }
        else
        {
            JsonArray list = Config[kind]!.AsArray();
            list.RemoveAt(list.Count - 1);
        }
    }

    private bool TryRemove(string id)
    {
        foreach (string kind in VmDevices.Lists)
        {
            if (Config.List(kind).FirstOrDefault(device => device.Text("id") == id) is { } device)
            {
                JsonArray list = Config[kind]!.AsArray();
                list.Remove(device);
                return true;
            }
        }

        return Config["vsock"] is JsonObject vsock && vsock.Text("id") == id && Config.Remove("vsock");
    }
}

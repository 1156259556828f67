using System.Text.Json;
using System.Text.Json.Nodes;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>The three files that Cloud Hypervisor writes as a snapshot, and what they say of the memory.</summary>
/// <remarks>
/// <c>config.json</c> is a <see cref="VmConfig"/>; <c>state.json</c> is a tree of states, each JSON within a string;
/// <c>memory-ranges</c> holds the ranges of memory one after the other, in the order of the table in the state of the memory manager.
/// </remarks>
internal sealed class SnapshotFiles
{
    public const string ConfigName = "config.json";
    public const string StateName = "state.json";
    public const string MemoryName = "memory-ranges";

    private const int ConfigLimit = 4 * 1024 * 1024;
    private const int StateLimit = 64 * 1024 * 1024;

    private readonly JsonObject _config;
    private readonly JsonObject _state;
    private readonly JsonObject? _memory;
    private readonly bool _memoryIsText;

    private SnapshotFiles(string directory, JsonObject config, JsonObject state)
    {
        Directory = directory;
        _config = config;
        _state = state;
        _memory = MemoryOf(state, out _memoryIsText);
        Config = config.Deserialize(CloudHypervisorJson.Default.VmConfig) ?? throw new JsonException("null");
    }

    public string Directory { get; }

    public string MemoryPath => Path.Combine(Directory, MemoryName);

    /// <summary>The configuration of the machine.</summary>
    public VmConfig Config { get; }

    /// <summary>Reads the two descriptions of a snapshot.</summary>
    /// <exception cref="SnapshotException">A file is missing, too long, or not what it should be.</exception>
    public static SnapshotFiles Read(string directory)
    {
        try
        {
            JsonObject config = ReadObject(Path.Combine(directory, ConfigName), ConfigLimit);
            JsonObject state = ReadObject(Path.Combine(directory, StateName), StateLimit);
            return new SnapshotFiles(directory, config, state);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotException(directory, "", $"its files cannot be read: {e.Message.TrimEnd('.')}", e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new SnapshotException(directory, "", "its config.json or state.json is not what Cloud Hypervisor writes", e);
        }
    }

    /// <summary>Why this machine's memory cannot be mapped from the snapshot's file as a private zone; null when it can.</summary>
    public string? WhyNoPrivateZone()
    {
        MemoryConfig? memory = Config.Memory;
        if (memory?.Zones is not { Count: 1 } zones || memory.Size != 0)
        {
            return "the machine was not booted with one memory zone";
        }

        return WhyNotPlain(zones[0]) ?? memory switch
        {
            _ when memory.HotplugSize > 0 || memory.HotpluggedSize > 0 => "the memory can grow",
            _ when Config.Balloon is not null => "the machine has a balloon",
            _ when HandsMemoryOut() => "a device of the machine needs its memory in place",
            _ when OffsetsOfMappings() is null => "its memory is not laid out in its file as it is mapped",
            _ => null,
        };
    }

    /// <summary>Why a mode that maps the file copy-on-write by itself would fall back to copying; null when it would not.</summary>
    public string? WhyNoCopyOnWrite()
    {
        MemoryConfig? memory = Config.Memory;
        return memory switch
        {
            { Shared: true } or { Hugepages: true } or { Mergeable: true } or { Reserve: true } =>
                "the memory is shared, mergeable, reserved or of huge pages",
            { HotplugSize: > 0 } or { HotpluggedSize: > 0 } => "the memory can grow",
            { Zones: { } zones } when zones.Any(static zone => WhyNotPlain(zone) is not null) => "a zone of the memory is not plain and private",
            _ when HandsMemoryOut() => "a device of the machine needs its memory in place",
            _ => null,
        };
    }

    /// <summary>Writes a second snapshot that stands for the first with other disks, taps and sockets; its memory is not copied.</summary>
    /// <param name="directory">An existing folder; files of these names in it are replaced.</param>
    /// <param name="spec">The new machine.</param>
    /// <param name="serialPath">The socket of its serial port.</param>
    /// <param name="privateZone">
    /// Whether the memory is to be a private zone on the first snapshot's file, with nothing left to be read in.
    /// </param>
    public void WriteFor(string directory, MachineSpec spec, string serialPath, bool privateZone)
    {
        JsonObject config = _config.DeepClone().AsObject();
        SnapshotConfig.Adapt(config, spec, serialPath);
        JsonObject state = _state;
        if (privateZone)
        {
            config["memory"]!["zones"]![0]!["file"] = MemoryPath;
            state = WithNothingToRead();
        }

        File.WriteAllText(Path.Combine(directory, ConfigName), config.ToJsonString());
        File.WriteAllText(Path.Combine(directory, StateName), state.ToJsonString());
        File.Delete(Path.Combine(directory, MemoryName));
        File.CreateSymbolicLink(Path.Combine(directory, MemoryName), MemoryPath);
    }

    private JsonObject WithNothingToRead()
    {
        List<long> offsets = OffsetsOfMappings() ?? throw new InvalidOperationException("Ask WhyNoPrivateZone first.");
        JsonObject memory = _memory!.DeepClone().AsObject();
        memory["memory_ranges"] = new JsonObject { ["data"] = new JsonArray() };
        for (int i = 0; i < offsets.Count; i++)
        {
            memory["guest_ram_mappings"]![i]!["file_offset"] = offsets[i];
        }

        JsonObject state = _state.DeepClone().AsObject();
        state["snapshots"]!["memory-manager"]!["snapshot_data"]!["state"] =
            _memoryIsText ? memory.ToJsonString() : memory;
        return state;
    }

    // Where in the file each mapping of guest memory begins; null unless the ranges cover each mapping whole, in one piece.
    private List<long>? OffsetsOfMappings()
    {
        try
        {
            List<(long Start, long Length, long Offset)> ranges = [];
            long offset = 0;
            foreach (JsonNode? range in _memory!["memory_ranges"]!["data"]!.AsArray())
            {
                long length = range!["length"]!.GetValue<long>();
                ranges.Add((range["gpa"]!.GetValue<long>(), length, offset));
                offset = checked(offset + length);
            }

            List<long> offsets = [];
            foreach (JsonNode? mapping in _memory["guest_ram_mappings"]!.AsArray())
            {
                long start = mapping!["gpa"]!.GetValue<long>();
                long size = mapping["size"]!.GetValue<long>();
                int index = ranges.FindIndex(range => range.Start <= start && start + size <= range.Start + range.Length);
                if (index < 0 || mapping["virtio_mem"]?.GetValue<bool>() == true)
                {
                    return null;
                }

                offsets.Add(ranges[index].Offset + start - ranges[index].Start);
            }

            return offsets.Count > 0 && new FileInfo(MemoryPath).Length >= offset ? offsets : null;
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException or FormatException or OverflowException or IOException)
        {
            return null;
        }
    }

    private static string? WhyNotPlain(MemoryZoneConfig zone) => zone switch
    {
        { Shared: true } or { Hugepages: true } or { Mergeable: true } or { Reserve: true } =>
            "the zone is shared, mergeable, reserved or of huge pages",
        { HotplugSize: > 0 } or { HotpluggedSize: > 0 } => "the zone can grow",
        { HostNumaNode: not null } => "the zone is bound to a NUMA node",
        _ => null,
    };

    // A string that holds JSON in the releases; an object in builds that write it plainly. Null where it is neither.
    private static JsonObject? MemoryOf(JsonObject state, out bool isText)
    {
        JsonNode? memory = state["snapshots"]?["memory-manager"]?["snapshot_data"]?["state"];
        isText = memory is JsonValue;
        return isText ? JsonNode.Parse(memory!.GetValue<string>()) as JsonObject : memory as JsonObject;
    }

    private bool HandsMemoryOut() =>
        Config is { Devices.Count: > 0 } or { UserDevices.Count: > 0 } or { Vdpa.Count: > 0 } or { Fs.Count: > 0 } or { GenericVhostUser.Count: > 0 }
        || Config.Disks?.Any(static disk => disk.VhostUser == true) == true
        || Config.Net?.Any(static card => card.VhostUser == true) == true;

    private static JsonObject ReadObject(string path, int limit)
    {
        using FileStream file = File.OpenRead(path);
        return file.Length > limit
            ? throw new IOException($"'{path}' has more than {limit} bytes")
            : JsonNode.Parse(file)!.AsObject();
    }
}

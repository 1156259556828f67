using System.IO.MemoryMappedFiles;
using System.Text.Json.Nodes;
using Viper.Hypervisor.CloudHypervisor;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

public sealed class SnapshotFilesTests : IDisposable
{
    private const long Gib = 1L << 30;
    private const string Zone = """"memory":{"size":0,"zones":[{"id":"ram","size":4294967296,"shared":false}]}"""";

    private readonly ShortFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WriteFor_PrivateZone_MapsEachRangeWhereItLiesInTheFile()
    {
        Write(Zone);
        SnapshotFiles snapshot = SnapshotFiles.Read(_folder["snap"]);
        Assert.Null(snapshot.WhyNoPrivateZone());
        Directory.CreateDirectory(_folder["new"]);

        snapshot.WriteFor(_folder["new"], Spec(), "/new/serial.sock", privateZone: true);

        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["new/config.json"]))!;
        Assert.Equal(_folder["snap/memory-ranges"], (string?)config["memory"]!["zones"]![0]!["file"]);
        Assert.False((bool)config["memory"]!["zones"]![0]!["shared"]!);
        JsonNode memory = MemoryState("new");
        Assert.Equal("""{"data":[]}""", memory["memory_ranges"]!.ToJsonString());
        Assert.Equal([0, 3 * Gib], memory["guest_ram_mappings"]!.AsArray().Select(mapping => (long)mapping!["file_offset"]!));
        Assert.Equal(18446744073709551615UL, (ulong)memory["arch_mem_regions"]![0]!["size"]!);
        Assert.Equal(_folder["snap/memory-ranges"], new FileInfo(_folder["new/memory-ranges"]).LinkTarget);
    }

    [Fact]
    public void WriteFor_Copy_ChangesOnlyTheFilesOfTheMachine()
    {
        Write(Zone);
        Directory.CreateDirectory(_folder["new"]);

        SnapshotFiles.Read(_folder["snap"]).WriteFor(_folder["new"], Spec(), "/new/serial.sock", privateZone: false);

        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["new/config.json"]))!;
        Assert.Equal("""{"mode":"Socket","socket":"/new/serial.sock"}""", config["serial"]!.ToJsonString());
        Assert.Equal("""[{"id":"disk0","path":"/new/disk","readonly":true}]""", config["disks"]!.ToJsonString());
        Assert.Equal("""[{"id":"net0","mac":"02:00:5e:10:00:01","tap":"vtap9"}]""", config["net"]!.ToJsonString());
        Assert.Equal("kept", (string?)config["unknown_to_us"]);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse(File.ReadAllText(_folder["snap/state.json"])), JsonNode.Parse(File.ReadAllText(_folder["new/state.json"]))));
    }

    [Fact]
    public void WriteFor_Twice_ReplacesTheFirst()
    {
        Write(Zone);
        Directory.CreateDirectory(_folder["new"]);
        SnapshotFiles snapshot = SnapshotFiles.Read(_folder["snap"]);

        snapshot.WriteFor(_folder["new"], Spec(), "/s", privateZone: true);
        snapshot.WriteFor(_folder["new"], Spec(), "/s", privateZone: false);

        Assert.NotEqual("""{"data":[]}""", MemoryState("new")["memory_ranges"]!.ToJsonString());
        Assert.Null(JsonNode.Parse(File.ReadAllText(_folder["new/config.json"]))!["memory"]!["zones"]![0]!["file"]);
    }

    [Theory]
    [InlineData(""""memory":{"size":4294967296}"""", "one memory zone")]
    [InlineData(""""memory":{"size":0,"zones":[{"id":"a","size":1},{"id":"b","size":1}]}"""", "one memory zone")]
    [InlineData(""""memory":{"size":0,"zones":[{"id":"a","size":1,"shared":true}]}"""", "shared")]
    [InlineData(""""memory":{"size":0,"zones":[{"id":"a","size":1,"hugepages":true}]}"""", "huge")]
    [InlineData(""""memory":{"size":0,"zones":[{"id":"a","size":1,"hotplug_size":1}]}"""", "grow")]
    [InlineData(""""memory":{"size":0,"zones":[{"id":"a","size":1,"host_numa_node":0}]}"""", "NUMA")]
    [InlineData(""""memory":{"size":0,"hotplug_size":9,"zones":[{"id":"a","size":1}]}"""", "grow")]
    [InlineData(""""balloon":{"size":0},"memory":{"size":0,"zones":[{"id":"a","size":1}]}"""", "balloon")]
    [InlineData(""""devices":[{"path":"/sys/x"}],"memory":{"size":0,"zones":[{"id":"a","size":1}]}"""", "device")]
    [InlineData(""""fs":[{"tag":"t","socket":"/s","num_queues":1,"queue_size":1024}],"memory":{"size":0,"zones":[{"id":"a","size":1}]}"""", "device")]
    public void WhyNoPrivateZone_MachineThatCannot_SaysWhy(string memory, string reason)
    {
        Write(memory);

        Assert.Contains(reason, SnapshotFiles.Read(_folder["snap"]).WhyNoPrivateZone());
    }

    [Theory]
    [InlineData(""""memory":{"size":4294967296}"""", null)]
    [InlineData(""""balloon":{"size":0},"memory":{"size":4294967296}"""", null)]
    [InlineData(""""memory":{"size":4294967296,"shared":true}"""", "shared")]
    [InlineData(""""memory":{"size":4294967296,"mergeable":true}"""", "mergeable")]
    [InlineData(""""memory":{"size":4294967296,"reserve":true}"""", "reserved")]
    [InlineData(""""memory":{"size":4294967296,"hotplug_size":1}"""", "grow")]
    [InlineData(""""memory":{"size":0,"zones":[{"id":"a","size":1,"host_numa_node":0}]}"""", "zone")]
    [InlineData(""""vdpa":[{"path":"/d","num_queues":1}],"memory":{"size":1}"""", "device")]
    public void WhyNoCopyOnWrite_Machine_KnowsTheSilentFallbacks(string memory, string? reason)
    {
        Write(memory);

        string? why = SnapshotFiles.Read(_folder["snap"]).WhyNoCopyOnWrite();

        Assert.Equal(reason is null, why is null);
        Assert.Contains(reason ?? "", why ?? "");
    }

    [Fact]
    public void WhyNoPrivateZone_MemoryFileTooShortOrStateUnknown_SaysWhy()
    {
        Write(Zone);
        using (FileStream file = new(_folder["snap/memory-ranges"], FileMode.Open))
        {
            file.SetLength(Gib);
        }

        Assert.Contains("laid out", SnapshotFiles.Read(_folder["snap"]).WhyNoPrivateZone());
        File.WriteAllText(_folder["snap/state.json"], "{}");
        Assert.Contains("laid out", SnapshotFiles.Read(_folder["snap"]).WhyNoPrivateZone());
    }

    [Fact]
    public void Read_NoSnapshot_IsATypedError()
    {
        Assert.Throws<SnapshotException>(() => SnapshotFiles.Read(_folder["none"]));
        Write(Zone);
        File.WriteAllText(_folder["snap/config.json"], "[]");
        Assert.Throws<SnapshotException>(() => SnapshotFiles.Read(_folder["snap"]));
    }

    [Fact]
    public void Read_MutatedOrCut_IsATypedErrorOrASnapshot()
    {
        Write(Zone);
        Random random = new(13);
        foreach (string name in (string[])["config.json", "state.json"])
        {
            byte[] whole = File.ReadAllBytes(_folder["snap/" + name]);
            for (int i = 0; i < 1500; i++)
            {
                byte[] bytes = i % 2 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
                if (i % 2 != 0)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                File.WriteAllBytes(_folder["snap/" + name], bytes);
                try
                {
                    _ = SnapshotFiles.Read(_folder["snap"]).WhyNoPrivateZone();
                }
                catch (SnapshotException)
                {
                    // What it should be.
                }
            }

            File.WriteAllBytes(_folder["snap/" + name], whole);
        }
    }

    [Fact]
    public void MemoryMaps_FileMappedPrivately_IsSeenAndACopyIsNot()
    {
        string path = _folder["mapped"];
        File.WriteAllBytes(path, new byte[1 << 20]);
        Assert.Equal(new FileMapping(0, 0), MemoryMaps.Of(Environment.ProcessId, path));
        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.ReadWrite);
        using (MemoryMappedViewAccessor view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.CopyOnWrite))
        {
            Assert.Equal(new FileMapping(1 << 20, 0), MemoryMaps.Of(Environment.ProcessId, path));
        }

        using (MemoryMappedViewAccessor view = file.CreateViewAccessor())
        {
            Assert.Equal(new FileMapping(0, 1 << 20), MemoryMaps.Of(Environment.ProcessId, path));
        }

        Assert.Null(MemoryMaps.Of(-1, path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("7f00-7f10")]
    [InlineData("7f00-7f10 rw")]
    [InlineData("zz-7f10 rw-p 0 0 0 /m")]
    [InlineData("7f10-7f00 rw-p 0 0 0 /m")]
    [InlineData("0-ffffffffffffffff rw-p 0 0 0 /m")]
    [InlineData("11111111111111111-2 rw-p 0 0 0 /m")]
    public void MemoryMaps_StrangeLines_CountForNothing(string line) =>
        Assert.Equal(new FileMapping(0, 0), MemoryMaps.Read([line], "/m"));

    private static MachineSpec Spec() => new()
    {
        Name = "new",
        KernelPath = "/k",
        Disks = [new DiskSpec("/new/disk")],
        Nics = [new NicSpec("vtap9", "02:00:5e:10:00:02")],
        RunDirectory = "/new",
        LogDirectory = "/new",
    };

    private JsonNode MemoryState(string folder) => JsonNode.Parse((string)JsonNode.Parse(
        File.ReadAllText(_folder[folder + "/state.json"]))!["snapshots"]!["memory-manager"]!["snapshot_data"]!["state"]!)!;

    // 4 GiB lie in two ranges, below and above the hole under 4 GiB.
    private void Write(string memory)
    {
        Directory.CreateDirectory(_folder["snap"]);
        JsonObject state = new()
        {
            ["memory_ranges"] = new JsonObject
            {
                ["data"] = new JsonArray(
                    new JsonObject { ["gpa"] = 0L, ["length"] = 3 * Gib }, new JsonObject { ["gpa"] = 4 * Gib, ["length"] = Gib }),
            },
            ["guest_ram_mappings"] = new JsonArray(Mapping(0, 0, 3 * Gib), Mapping(1, 4 * Gib, Gib)),
            ["arch_mem_regions"] = new JsonArray(new JsonObject { ["size"] = ulong.MaxValue }),
        };
        File.WriteAllText(
            _folder["snap/config.json"],
            "{\"cpus\":{\"boot_vcpus\":1,\"max_vcpus\":1},\"" + memory + ""","disks":[{"id":"disk0","path":"/old","readonly":true}],"net":[{"id":"net0","tap":"vtap0","mac":"02:00:5e:10:00:01","fds":[-1]}],"unknown_to_us":"kept"}""");
        File.WriteAllText(
            _folder["snap/state.json"],
            new JsonObject
            {
                ["snapshots"] = new JsonObject
                {
                    ["memory-manager"] = new JsonObject { ["snapshot_data"] = new JsonObject { ["state"] = state.ToJsonString() } },
                },
            }.ToJsonString());
        using FileStream file = new(_folder["snap/memory-ranges"], FileMode.Create);
        file.SetLength(4 * Gib);
    }

    private static JsonObject Mapping(int slot, long address, long size) => new()
    {
        ["slot"] = slot,
        ["gpa"] = address,
        ["size"] = size,
        ["zone_id"] = "ram",
        ["virtio_mem"] = false,
        ["file_offset"] = 0L,
    };
}

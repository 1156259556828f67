using System.Text.Json;
using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

internal sealed partial class VirtualMachine
{
    private const string Scheme = "file://";
    private const string SendFailed = "Failed to send migratable component snapshot";

    /// <summary>Writes config.json, state.json and memory-ranges into an empty directory.</summary>
    public void Snapshot(string url)
    {
        RequireBooted();
        if (State != "Paused")
        {
            throw new ApiException("Cannot snapshot VM", "Failed to snapshot migratable component", "Trying to snapshot while VM is running");
        }

        if (host.RefusesNestedState)
        {
            throw new ApiException(
                "Cannot snapshot VM",
                "Failed to snapshot migratable component",
                "Could not get vCPU state GetNestedState(Invalid argument (os error 22))");
        }

        string folder = FolderOf(url, "Cannot send VM snapshot");
        Write(folder, "config.json", "config", Config.ToJsonString());
        JsonObject state = new() { ["device_tree"] = _devices!.Tree.ToJson(), ["boot_memory"] = _bootMemory };
        Write(folder, "state.json", "state", state.ToJsonString());
        WriteMemory(Path.Combine(folder, "memory-ranges"));
    }

    /// <summary>The machine of a snapshot, paused.</summary>
    public static VirtualMachine From(string url, HostTraits host)
    {
        string folder = FolderOf(url, "Cannot restore VM");
        byte[] config = Read(folder, "config.json", "config");
        byte[] state = Read(folder, "state.json", "state");
        if (!File.Exists(Path.Combine(folder, "memory-ranges")))
        {
            throw new ApiException("Cannot restore VM", "Failed to restore migratable component", ApiException.NoFile);
        }

        try
        {
            JsonObject nodes = JsonNode.Parse(state)!.AsObject();
            return Resurrect(ConfigTypes.Vm.ReadAll(config)!.AsObject(), nodes, host);
        }
        catch (Exception e) when (e is JsonException or SerdeException or InvalidOperationException or NullReferenceException)
        {
            throw new ApiException("Cannot restore VM", "Failed to restore migratable component", "Error parsing the snapshot");
        }
    }

    /// <summary>What a migration sends.</summary>
    public JsonObject ToMigration() => new()
    {
        ["config"] = Config.DeepClone(),
        ["device_tree"] = _devices!.Tree.ToJson(),
        ["boot_memory"] = _bootMemory,
        ["is_paused"] = State == "Paused",
    };

    /// <summary>The machine that a migration brought; it runs unless it was paused.</summary>
    public static VirtualMachine FromMigration(JsonObject sent, HostTraits host)
    {
        byte[] config = JsonSerializer.SerializeToUtf8Bytes(sent["config"]);
        VirtualMachine machine = Resurrect(ConfigTypes.Vm.ReadAll(config)!.AsObject(), sent, host);
        machine.State = sent.Flag("is_paused") ? "Paused" : "Running";
        return machine;
    }

    private static VirtualMachine Resurrect(JsonObject config, JsonObject nodes, HostTraits host) => new(config, host)
    {
        _devices = new VmDevices(config, host, DeviceTree.From(nodes["device_tree"]!.AsObject())),
        _bootMemory = nodes.Number("boot_memory"),
        State = "Paused",
    };

    private static string FolderOf(string url, string failure)
    {
        if (!url.StartsWith(Scheme, StringComparison.Ordinal))
        {
            throw new ApiException(failure, SendFailed, $"Could not extract path from URL: {url}");
        }

        string folder = url[Scheme.Length..];
        return Directory.Exists(folder)
            ? folder
            : throw new ApiException(failure, SendFailed, $"Destination is not a directory: \"{folder}\"");
    }

    private static void Write(string folder, string name, string what, string text)
    {
        try
        {
            using FileStream file = new(Path.Combine(folder, name), FileMode.CreateNew);
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiException(
                "Cannot send VM snapshot",
                SendFailed,
                $"Error creating VM {what} snapshot file",
                File.Exists(Path.Combine(folder, name)) ? "File exists (os error 17)" : "Permission denied (os error 13)");
        }
    }

    // Sparse: nothing of it is ever read.
    private void WriteMemory(string path)
    {
        try
        {
            using FileStream memory = new(path, FileMode.Create);
            memory.SetLength(MemorySize());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ApiException("Cannot send VM snapshot", SendFailed, "Error creating VM memory snapshot file", e.Message);
        }
    }

    private static byte[] Read(string folder, string name, string what)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, name));
        }
        catch (IOException)
        {
            throw new ApiException("Cannot restore VM", SendFailed, $"Error opening VM {what} snapshot file", ApiException.NoFile);
        }
    }
}

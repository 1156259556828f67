using System.Text.Json.Nodes;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Turns the configuration in a snapshot into that of a machine with other files.</summary>
internal static class SnapshotConfig
{
    /// <summary>Puts the paths of the description in the place of those of the snapshot; all else stays, for the guest knows it.</summary>
    public static void Adapt(JsonObject config, MachineSpec spec, string serialPath)
    {
        config["serial"] = new JsonObject { ["mode"] = nameof(ConsoleMode.Socket), ["socket"] = serialPath };
        JsonArray? disks = config["disks"] as JsonArray;
        for (int i = 0; i < spec.Disks.Count && i < disks?.Count; i++)
        {
            disks[i]!["path"] = spec.Disks[i].Path;
        }

        JsonArray? cards = config["net"] as JsonArray;
        for (int i = 0; i < spec.Nics.Count && i < cards?.Count; i++)
        {
            JsonObject card = cards[i]!.AsObject();
            card.Remove("fds");
            card.Remove("tap");
            if (spec.Nics[i].TapDescriptor is null)
            {
                card["tap"] = spec.Nics[i].TapName;
            }
        }
    }
}

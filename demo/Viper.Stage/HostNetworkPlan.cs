using System.Text.Json;

namespace Viper.Stage;

/// <summary>Reads what <c>viperd setup --dry-run --json</c> says.</summary>
public static class HostNetworkPlan
{
    // Forwarding may be on for reasons of the host's own.
    private static readonly string[] s_ours = ["filter", "anti-spoof", "bridge"];

    /// <summary>Whether nothing of Viper's stands on the host, so that all that setup makes is the stage's to remove.</summary>
    public static bool IsWhollyMissing(string plan)
    {
        using JsonDocument document = JsonDocument.Parse(plan);
        return document.RootElement.GetProperty("steps").EnumerateArray()
            .Where(static step => s_ours.Contains(step.GetProperty("name").GetString()))
            .All(static step => step.GetProperty("needed").GetBoolean());
    }
}

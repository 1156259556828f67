using System.Text.Json;

namespace Viper.Hypervisor.Qemu;

/// <summary>What QEMU's events have said so far.</summary>
/// <remarks>Written by the monitor's reading loop, read by anyone.</remarks>
internal sealed class QemuEvents
{
    private volatile string? _shutdownReason;

    /// <summary>The reason in the last SHUTDOWN event, such as <c>guest-shutdown</c>; null when there was none.</summary>
    public string? ShutdownReason => _shutdownReason;

    public void Take(QmpMessage message)
    {
        if (message.Name == "SHUTDOWN" && message.Body.ValueKind == JsonValueKind.Object
            && message.Body.TryGetProperty("reason", out JsonElement reason) && reason.ValueKind == JsonValueKind.String)
        {
            _shutdownReason = reason.GetString();
        }
    }
}

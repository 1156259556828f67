using System.Text.Json;
using Viper.Contracts;
using Viper.State;

namespace Viper.Orchestration.Internal;

/// <summary>Tells by events of what was found and mended on the host and is no VM's.</summary>
internal static class HostEvents
{
    /// <summary>Appends the event; where the log cannot take it, the engine's own log says so.</summary>
    public static void Tell(EngineParts parts, string type, string what)
    {
        try
        {
            string data = JsonSerializer.Serialize(new LeftoverData { What = what }, ViperJson.Default.LeftoverData);
            parts.Store.AppendEvent(new EventDraft(type, DataJson: data));
            parts.EventAppended.Raise();
        }
        catch (Exception e) when (e is StateException or ObjectDisposedException)
        {
            Log.EventNotStored(parts.Log, "-", type, e);
        }
    }
}

using System.Buffers;
using System.Text.Json;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Frames and reads events: JSON objects over several lines, each followed by a blank line.</summary>
/// <remarks>
/// A line end within a string is escaped in JSON, so a blank line never belongs to an object. One write of the program may arrive in
/// many pieces, or several in one.
/// </remarks>
internal static class VmmEventReader
{
    /// <summary>The most bytes of one event.</summary>
    public const int EventLimit = 64 * 1024;

    // The longest time that fits: later than this no process has ever run.
    private const ulong SecondsLimit = 100UL * 366 * 24 * 3600;

    /// <summary>Reads an event from the start of the bytes.</summary>
    /// <returns>Done, NeedMoreData when the bytes are only a beginning (white space is consumed), or InvalidData.</returns>
    public static OperationStatus TryRead(ReadOnlySpan<byte> bytes, out VmmEvent? result, out int consumed)
    {
        result = null;
        consumed = bytes.Length - bytes.TrimStart(" \r\n\t"u8).Length;
        ReadOnlySpan<byte> rest = bytes[consumed..];
        if (rest.IsEmpty)
        {
            return OperationStatus.NeedMoreData;
        }

        int end = rest.IndexOf("\n\n"u8);
        if (rest[0] != (byte)'{' || end > EventLimit || (end < 0 && rest.Length > EventLimit))
        {
            return OperationStatus.InvalidData;
        }

        if (end < 0)
        {
            return OperationStatus.NeedMoreData;
        }

        consumed += end + 2;
        result = Read(rest[..end]);
        return result is null ? OperationStatus.InvalidData : OperationStatus.Done;
    }

    private static VmmEvent? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            VmmEventBody? body = JsonSerializer.Deserialize(json, CloudHypervisorJson.Default.VmmEventBody);
            return body is null || body.Timestamp.Secs > SecondsLimit || body.Timestamp.Nanos >= 1_000_000_000
                ? null
                : new VmmEvent
                {
                    SinceStart = new TimeSpan(((long)body.Timestamp.Secs * TimeSpan.TicksPerSecond) + (body.Timestamp.Nanos / 100)),
                    Source = body.Source,
                    Name = body.Event,
                    Kind = KindOf(body.Event),
                    Properties = PropertiesOf(body.Properties),
                };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string in it is not UTF-8.
            return null;
        }
    }

    private static Dictionary<string, string> PropertiesOf(Dictionary<string, JsonElement>? properties) =>
        properties?.ToDictionary(
            static pair => pair.Key,
            static pair => pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString()! : pair.Value.GetRawText())
        ?? [];

    private static VmmEventKind KindOf(string name) => name switch
    {
        "starting" => VmmEventKind.Starting,
        "booting" => VmmEventKind.Booting,
        "booted" => VmmEventKind.Booted,
        "pausing" => VmmEventKind.Pausing,
        "paused" => VmmEventKind.Paused,
        "resuming" => VmmEventKind.Resuming,
        "resumed" => VmmEventKind.Resumed,
        "snapshotting" => VmmEventKind.Snapshotting,
        "snapshotted" => VmmEventKind.Snapshotted,
        "restoring" => VmmEventKind.Restoring,
        "restored" => VmmEventKind.Restored,
        "resizing" => VmmEventKind.Resizing,
        "resized" => VmmEventKind.Resized,
        "rebooting" => VmmEventKind.Rebooting,
        "rebooted" => VmmEventKind.Rebooted,
        "shutdown" => VmmEventKind.Shutdown,
        "deleted" => VmmEventKind.Deleted,
        "panic" => VmmEventKind.Panic,
        "migration-started" => VmmEventKind.MigrationStarted,
        "migration-finished" => VmmEventKind.MigrationFinished,
        "migration-failed" => VmmEventKind.MigrationFailed,
        _ => VmmEventKind.Other,
    };
}

using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>Writes events as JSON objects with a blank line after each; their time is that since the start.</summary>
internal sealed class EventMonitor(Stream? stream) : IDisposable
{
    private static readonly JsonSerializerOptions s_indented = new(JsonSerializerOptions.Default) { WriteIndented = true };

    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();

    public void Write(string source, string name, JsonObject? properties = null)
    {
        if (stream is null)
        {
            return;
        }

        TimeSpan since = Stopwatch.GetElapsedTime(_start);
        JsonObject text = new()
        {
            ["timestamp"] = new JsonObject { ["secs"] = (long)since.TotalSeconds, ["nanos"] = since.Ticks % TimeSpan.TicksPerSecond * 100 },
            ["source"] = source,
            ["event"] = name,
            ["properties"] = properties,
        };
        lock (_lock)
        {
            try
            {
                stream.Write(Encoding.UTF8.GetBytes(text.ToJsonString(s_indented) + "\n\n"));
                stream.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Nobody reads any more.
            }
        }
    }

    public void Dispose() => stream?.Dispose();
}

using System.Text.Json;

namespace Viper.Cdp.Protocol;

/// <summary>The small steps of writing the protocol's JSON; generated code is made of them.</summary>
internal static class CdpWrite
{
    internal static void List<T>(Utf8JsonWriter writer, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartArray();
        foreach (var item in items)
        {
            write(writer, item);
        }

        writer.WriteEndArray();
    }
}

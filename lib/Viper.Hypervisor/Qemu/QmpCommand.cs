using System.Buffers;
using System.Text.Json;

namespace Viper.Hypervisor.Qemu;

/// <summary>Writes one command of QMP as a line.</summary>
internal static class QmpCommand
{
    /// <summary>The line with its end.</summary>
    /// <param name="verb"><c>execute</c> or <c>exec-oob</c>.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="id">The number that the answer will carry.</param>
    /// <param name="arguments">Writes the members of the arguments; null for none.</param>
    public static ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> verb, string command, long id, Action<Utf8JsonWriter>? arguments)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString(verb, command);
            writer.WriteNumber("id"u8, id);
            if (arguments is not null)
            {
                writer.WriteStartObject("arguments"u8);
                arguments(writer);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Viper.Agent.Interop;

namespace Viper.Agent.Boot;

/// <summary>Rings the host: lines <c>viper: WORD {json}</c> on the console, each in one write.</summary>
internal sealed class Bell
{
    private readonly string _path;
    private readonly Lock _gate = new();

    internal Bell(string path) => _path = path;

    /// <summary>Writes one line; false when the console could not take it.</summary>
    internal bool Ring<T>(string word, T document, JsonTypeInfo<T> type)
    {
        byte[] line = [.. "viper: "u8, .. System.Text.Encoding.ASCII.GetBytes(word), (byte)' ', .. JsonSerializer.SerializeToUtf8Bytes(document, type), (byte)'\n'];
        lock (_gate)
        {
            // Opened for each line: the console may be a port whose reader comes and goes.
            using var console = FileDescriptor.TryOpen(_path, Libc.O_WRONLY | Libc.O_APPEND);
            return console?.TryWrite(line) ?? false;
        }
    }
}

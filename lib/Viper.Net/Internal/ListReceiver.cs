using Viper.Net.Protocol;

namespace Viper.Net.Internal;

/// <summary>Gathers the values that a parser finds in an answer.</summary>
internal sealed class ListReceiver<T>(MessageParser<T> parser)
    where T : class
{
    internal static readonly MessageHandler Handler = static (receiver, type, payload) => ((ListReceiver<T>)receiver).Take(type, payload);

    internal List<T> Found { get; } = [];

    private void Take(int type, ReadOnlySpan<byte> payload)
    {
        if (parser(type, payload) is { } value)
        {
            Found.Add(value);
        }
    }
}

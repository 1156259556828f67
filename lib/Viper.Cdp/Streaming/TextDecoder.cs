using Viper.Cdp.Frames;

namespace Viper.Cdp.Streaming;

/// <summary>Decodes the inside of a JSON string that comes in pieces.</summary>
internal abstract class TextDecoder
{
    /// <summary>Gets a value indicating whether a piece without escapes is its own decoding now.</summary>
    internal abstract bool IsPlain { get; }

    /// <summary>Decodes a piece without escapes.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not as it must be.</exception>
    internal abstract void Add(ReadOnlySpan<byte> plain, PooledBuffer target);

    /// <summary>Decodes one UTF-16 unit that was escaped.</summary>
    /// <exception cref="System.Text.Json.JsonException">It may not stand here.</exception>
    internal abstract void AddEscaped(char unit, PooledBuffer target);

    /// <summary>The string has ended.</summary>
    /// <exception cref="System.Text.Json.JsonException">It may not end here.</exception>
    internal abstract void End(PooledBuffer target);
}

using System.Text.Json;

namespace Viper.Cdp;

/// <summary>A command with its parameters. Implemented by structs, so that sending one allocates nothing.</summary>
public interface ICdpCommand
{
    /// <summary>Gets the command's name (<c>Page.navigate</c>).</summary>
    static abstract ReadOnlySpan<byte> Method { get; }

    /// <summary>Writes the members of <c>params</c>.</summary>
    /// <param name="writer">Within the object; the method neither begins nor ends it.</param>
    void WriteParameters(Utf8JsonWriter writer);
}

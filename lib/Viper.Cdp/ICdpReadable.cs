using System.Text.Json;

namespace Viper.Cdp;

/// <summary>A record of the protocol that can be read from JSON.</summary>
/// <typeparam name="TSelf">The record.</typeparam>
public interface ICdpReadable<TSelf>
    where TSelf : ICdpReadable<TSelf>
{
    /// <summary>Reads it. Members that are not known are passed over; those that are missing keep their default.</summary>
    /// <param name="reader">At the value's first token; afterwards at its last.</param>
    /// <exception cref="JsonException">The value is not of the record's form.</exception>
    static abstract TSelf Read(ref Utf8JsonReader reader);
}

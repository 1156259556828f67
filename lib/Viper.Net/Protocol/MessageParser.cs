namespace Viper.Net.Protocol;

/// <summary>Turns one message of a dump into a value; null leaves it out.</summary>
internal delegate T? MessageParser<out T>(int type, ReadOnlySpan<byte> payload)
    where T : class;

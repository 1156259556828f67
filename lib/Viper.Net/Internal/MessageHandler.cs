namespace Viper.Net.Internal;

/// <summary>Takes one message of an answer; the span is valid during the call only.</summary>
internal delegate void MessageHandler(object receiver, int type, ReadOnlySpan<byte> payload);

using System.Buffers;

namespace Viper.Cdp.Protocol;

/// <summary>A message, or a piece of a long one; valid until more is received.</summary>
internal readonly record struct MessagePiece(ReadOnlySequence<byte> Bytes, bool IsFirst, bool IsLast);

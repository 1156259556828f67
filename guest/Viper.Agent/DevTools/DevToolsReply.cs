namespace Viper.Agent.DevTools;

/// <summary>An answer of Chrome's DevTools address.</summary>
internal sealed record DevToolsReply(int Status, string ContentType, ReadOnlyMemory<byte> Body);

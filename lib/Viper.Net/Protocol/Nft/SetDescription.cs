namespace Viper.Net.Protocol.Nft;

/// <summary>A set as the kernel describes it, without its elements.</summary>
internal sealed record SetDescription(string Name, uint Flags, uint KeyType, uint KeyLength, uint DataType, uint ObjectType, ulong TimeoutMilliseconds);

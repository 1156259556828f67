using Viper.Agent.Http;

namespace Viper.Agent.Server;

/// <summary>A request that has been allowed, with its whole body.</summary>
internal sealed record AgentRequest(HttpRequestHead Head, byte[] Body);

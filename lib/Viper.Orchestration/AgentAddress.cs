using System.Net;

namespace Viper.Orchestration;

/// <summary>Where a VM's agent listens, and the secret that it asks for.</summary>
/// <param name="EndPoint">The guest's address and the agent's port.</param>
/// <param name="Token">The VM's secret; goes into the Authorization header and nowhere else.</param>
public sealed record AgentAddress(IPEndPoint EndPoint, string Token)
{
    /// <summary>The port on which every agent listens.</summary>
    public const int Port = 8765;

    /// <summary>The address without the secret.</summary>
    public override string ToString() => EndPoint.ToString();
}

namespace Viper.Agent.Http;

/// <summary>Why a message cannot be accepted: the status to answer, the stable code, and the reason in words.</summary>
internal sealed record HttpFault(int Status, string Code, string Detail)
{
    internal static HttpFault Malformed(string detail) => new(400, "validation_failed", detail);
}

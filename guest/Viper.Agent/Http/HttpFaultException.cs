namespace Viper.Agent.Http;

/// <summary>The peer sent what cannot be accepted; the connection is of no further use.</summary>
internal sealed class HttpFaultException : IOException
{
    internal HttpFaultException(HttpFault fault)
        : base(fault.Detail) => Fault = fault;

    internal HttpFault Fault { get; }
}

namespace Viper.Hypervisor;

/// <summary>The connection to a VMM failed, was closed, timed out or carried nonsense; what the VMM did with the request is unknown.</summary>
public sealed class VmmConnectionException : HypervisorException
{
    internal VmmConnectionException(string operation, string reason, Exception? inner = null)
        : base($"The request '{operation}' got no usable answer from the VMM: {reason}.", inner) => Operation = operation;

    /// <summary>The request, or what was being waited for.</summary>
    public string Operation { get; }
}

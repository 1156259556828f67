namespace Viper.Hypervisor;

/// <summary>The connection to a VMM failed, was closed, timed out or carried nonsense; what the VMM did with the request is unknown.</summary>
public sealed class VmmConnectionException : HypervisorException
{
    internal VmmConnectionException(
        string operation, string reason, Exception? inner = null, VmmSurvival survival = VmmSurvival.Unknown)
        : base($"The request '{operation}' got no usable answer from the VMM: {reason}.", inner)
    {
        Operation = operation;
        Survival = survival;
    }

    /// <summary>The request, or what was being waited for.</summary>
    public string Operation { get; }

    /// <summary>Whether the VMM lives on, as far as it was found out.</summary>
    public VmmSurvival Survival { get; }
}

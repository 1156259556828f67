namespace Viper.Hypervisor;

/// <summary>A machine description cannot be run as it stands; nothing was started.</summary>
public sealed class MachineSpecException : HypervisorException
{
    internal MachineSpecException(string property, string message, Exception? inner = null)
        : base(message, inner) => Property = property;

    /// <summary>The name of the property of <see cref="MachineSpec"/> that is wrong.</summary>
    public string Property { get; }
}

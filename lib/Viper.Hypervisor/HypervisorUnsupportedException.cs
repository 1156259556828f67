namespace Viper.Hypervisor;

/// <summary>The machine, host or program cannot do what was asked; nothing was changed.</summary>
public sealed class HypervisorUnsupportedException : HypervisorException
{
    internal HypervisorUnsupportedException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

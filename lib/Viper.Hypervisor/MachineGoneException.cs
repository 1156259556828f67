namespace Viper.Hypervisor;

/// <summary>A machine's process has ended, so it can no longer do what was asked.</summary>
/// <remarks><see cref="IMachine.Exited"/> tells how it ended.</remarks>
public sealed class MachineGoneException : HypervisorException
{
    internal MachineGoneException(string machine, string operation, Exception? inner = null)
        : base($"The machine '{machine}' has ended, so {operation} is not possible.", inner)
    {
        Machine = machine;
        Operation = operation;
    }

    /// <summary>The name of the machine.</summary>
    public string Machine { get; }

    /// <summary>What was asked of it.</summary>
    public string Operation { get; }
}

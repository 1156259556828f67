namespace Viper.Hypervisor;

/// <summary>The machine, host or program cannot do what was asked; nothing was changed.</summary>
public sealed class HypervisorUnsupportedException : HypervisorException
{
    internal HypervisorUnsupportedException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    internal HypervisorUnsupportedException(string subject, string operation, MachineCapabilities missing, string reason)
        : base($"{operation} is not supported by {subject}: {reason}.") => Missing = missing;

    /// <summary>The capability that is missing; <see cref="MachineCapabilities.None"/> where no capability stands for it.</summary>
    public MachineCapabilities Missing { get; }

    internal static HypervisorUnsupportedException OfMachine(string machine, MachineCapabilities missing) =>
        new($"the machine '{machine}'", missing.ToString(), missing, "machines of this kind do not have it");

    internal static HypervisorUnsupportedException OfProgram(HypervisorKind kind, MachineCapabilities missing) =>
        new($"the hypervisor {kind}", missing.ToString(), missing, "this program does not have it");
}

namespace Viper.Hypervisor;

/// <summary>Somebody else has the right to type into the serial port; reading it goes on.</summary>
public sealed class SerialTakenException : HypervisorException
{
    internal SerialTakenException(SerialHolder holder)
        : base($"Nothing was typed: '{holder.Name}' has had the right to type since {holder.Since:u}.") => Holder = holder;

    /// <summary>Who has it.</summary>
    public SerialHolder Holder { get; }
}

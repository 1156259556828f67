namespace Viper.Hypervisor;

/// <summary>The base of every error of this library that is not a misuse of it.</summary>
/// <remarks>The subtype says what survives. Messages and properties hold no secrets.</remarks>
public class HypervisorException : Exception
{
    internal HypervisorException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>JSON that is not what was expected, told as the VMM's own JSON library tells it.</summary>
internal sealed class SerdeException : Exception
{
    public SerdeException(string fault)
        : base(fault) => Fault = fault;

    public SerdeException(string fault, int line, int column)
        : base($"{fault} at line {line} column {column}")
    {
        Fault = fault;
        IsPlaced = true;
    }

    /// <summary>What is wrong, without the place.</summary>
    public string Fault { get; }

    /// <summary>Whether the place is known; if not, the structure around the value places it.</summary>
    public bool IsPlaced { get; }
}

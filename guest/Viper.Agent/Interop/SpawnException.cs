namespace Viper.Agent.Interop;

/// <summary>A program was not started.</summary>
internal sealed class SpawnException : IOException
{
    internal SpawnException(SpawnFault fault, string message)
        : base(message) => Fault = fault;

    internal SpawnFault Fault { get; }
}

namespace Viper.State;

/// <summary>A file that was to be written exists.</summary>
/// <remarks>The file is left as it was.</remarks>
public sealed class StateFileExistsException : StateException
{
    internal StateFileExistsException(string message, StateErrorFacts facts, Exception? inner = null)
        : base(message, facts, inner)
    {
    }
}

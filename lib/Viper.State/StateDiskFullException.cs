namespace Viper.State;

/// <summary>The file system that holds the database is full.</summary>
/// <remarks>The store works again as soon as there is space.</remarks>
public sealed class StateDiskFullException : StateException
{
    internal StateDiskFullException(string message, StateErrorFacts facts, Exception? inner = null)
        : base(message, facts, inner)
    {
    }
}

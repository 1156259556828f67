namespace Viper.State;

/// <summary>The operating system failed to open, read or write the database.</summary>
/// <remarks>See <see cref="StateException.SqliteExtendedCode"/> for the operation that failed.</remarks>
public sealed class StateIoException : StateException
{
    internal StateIoException(string message, StateErrorFacts facts, Exception? inner = null)
        : base(message, facts, inner)
    {
    }
}

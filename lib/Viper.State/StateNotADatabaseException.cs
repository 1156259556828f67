namespace Viper.State;

/// <summary>The file is not an SQLite database, or is one of another program.</summary>
/// <remarks>The file is left as it was.</remarks>
public sealed class StateNotADatabaseException : StateException
{
    internal StateNotADatabaseException(string message, StateErrorFacts facts, Exception? inner = null)
        : base(message, facts, inner)
    {
    }
}

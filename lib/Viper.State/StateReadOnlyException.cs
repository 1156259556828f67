namespace Viper.State;

/// <summary>The database, its folder or its file system cannot be written to.</summary>
/// <remarks>SQLite needs to write beside the file too, for its write-ahead log.</remarks>
public sealed class StateReadOnlyException : StateException
{
    internal StateReadOnlyException(string message, StateErrorFacts facts, Exception? inner = null)
        : base(message, facts, inner)
    {
    }
}

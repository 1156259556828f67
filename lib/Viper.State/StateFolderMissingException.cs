namespace Viper.State;

/// <summary>The folder of the database does not exist.</summary>
/// <remarks>The store creates the file, never the folder: its owner and mode are the caller's choice.</remarks>
public sealed class StateFolderMissingException : StateException
{
    internal StateFolderMissingException(string message, StateErrorFacts facts, Exception? inner = null)
        : base(message, facts, inner)
    {
    }
}

namespace Viper.State;

/// <summary>The database file is damaged.</summary>
/// <remarks>Nothing repairs itself: restore a backup, or move the file away and start anew.</remarks>
public sealed class StateCorruptException : StateException
{
    internal StateCorruptException(string message, StateErrorFacts facts, Exception? inner = null)
        : base(message, facts, inner)
    {
    }
}

namespace Viper.State;

/// <summary>There is no database at the path.</summary>
/// <remarks>Only what needs an existing one gives this; <see cref="StateStore.Open(string, TimeProvider?)"/> makes it.</remarks>
public sealed class StateFileMissingException : StateException
{
    internal StateFileMissingException(string message, StateErrorFacts facts, Exception? inner = null)
        : base(message, facts, inner)
    {
    }
}

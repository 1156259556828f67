namespace Viper.State;

/// <summary>Another process kept the database locked for longer than the busy timeout.</summary>
/// <remarks>Transient: the same call may succeed later.</remarks>
public sealed class StateLockedException : StateException
{
    internal StateLockedException(string message, StateErrorFacts facts, Exception? inner = null)
        : base(message, facts, inner)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}

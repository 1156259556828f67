namespace Viper.State;

/// <summary>What became of the wish to change a long request's row: one of the nested types.</summary>
public abstract record OperationResult
{
    private OperationResult()
    {
    }

    /// <summary>The change is committed.</summary>
    /// <param name="Operation">The long request as it is now.</param>
    public sealed record Updated(OperationRecord Operation) : OperationResult;

    /// <summary>It had ended already, and an end is not changed. Nothing was changed.</summary>
    /// <param name="Operation">The long request as it ended.</param>
    public sealed record AlreadyFinished(OperationRecord Operation) : OperationResult;

    /// <summary>No long request has that id; it may have been pruned. Nothing was changed.</summary>
    public sealed record NotFound : OperationResult;
}

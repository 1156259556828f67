namespace Viper.State;

/// <summary>What became of the wish to take a lease over: one of the nested types.</summary>
public abstract record TakeOverResult
{
    private TakeOverResult()
    {
    }

    /// <summary>The lease is the caller's.</summary>
    /// <param name="Lease">The lease as it is now, with the epoch to name from now on.</param>
    public sealed record Taken(Lease Lease) : TakeOverResult;

    /// <summary>No VM has that id. Nothing was changed.</summary>
    public sealed record NotFound : TakeOverResult;

    /// <summary>Somebody else took the lease over since the caller looked. Nothing was changed.</summary>
    /// <param name="Current">The lease as it is.</param>
    public sealed record LeaseLost(Lease Current) : TakeOverResult;
}

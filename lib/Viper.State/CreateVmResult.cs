namespace Viper.State;

/// <summary>What became of the wish to create a VM: one of the nested types.</summary>
public abstract record CreateVmResult
{
    private CreateVmResult()
    {
    }

    /// <summary>The row, its lease and its event are committed.</summary>
    /// <param name="Vm">The new VM.</param>
    /// <param name="Lease">Its lease, with the epoch that fences it.</param>
    /// <param name="Event">The appended event.</param>
    /// <param name="Begun">The long request that began with it, if one was given.</param>
    public sealed record Created(VmRecord Vm, Lease Lease, StoredEvent Event, OperationRecord? Begun = null) : CreateVmResult;

    /// <summary>Another VM has the name. Nothing was changed.</summary>
    /// <param name="Existing">That VM.</param>
    public sealed record NameTaken(VmRecord Existing) : CreateVmResult;

    /// <summary>No address is free. Nothing was changed.</summary>
    /// <param name="Pool">How full the pool is.</param>
    /// <param name="NextFreeAt">When the first of the resting addresses is free; null where none rests.</param>
    public sealed record PoolExhausted(PoolUsage Pool, DateTimeOffset? NextFreeAt) : CreateVmResult;
}

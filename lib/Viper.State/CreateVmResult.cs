namespace Viper.State;

/// <summary>What became of the wish to create a VM: one of the nested types.</summary>
public abstract record CreateVmResult
{
    private CreateVmResult()
    {
    }

    /// <summary>The row, its lease and its event are committed.</summary>
    /// <param name="Vm">The new VM.</param>
    /// <param name="Event">The appended event.</param>
    public sealed record Created(VmRecord Vm, StoredEvent Event) : CreateVmResult;

    /// <summary>Another VM has the name. Nothing was changed.</summary>
    /// <param name="Existing">That VM.</param>
    public sealed record NameTaken(VmRecord Existing) : CreateVmResult;

    /// <summary>No address is free. Nothing was changed.</summary>
    /// <param name="Pool">How full the pool is.</param>
    public sealed record PoolExhausted(PoolUsage Pool) : CreateVmResult;
}

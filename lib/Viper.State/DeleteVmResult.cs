namespace Viper.State;

/// <summary>What became of the wish to delete a VM: one of the nested types.</summary>
public abstract record DeleteVmResult
{
    private DeleteVmResult()
    {
    }

    /// <summary>The row is gone, its address is released, and its event is committed.</summary>
    /// <param name="Vm">The VM as it was last.</param>
    /// <param name="Event">The appended event.</param>
    public sealed record Deleted(VmRecord Vm, StoredEvent Event) : DeleteVmResult;

    /// <summary>No VM has that id. Nothing was changed.</summary>
    public sealed record NotFound : DeleteVmResult;

    /// <summary>The VM's lease was taken over since the caller held it. Nothing was changed.</summary>
    /// <param name="Current">The lease as it is.</param>
    public sealed record LeaseLost(Lease Current) : DeleteVmResult;
}

namespace Viper.State;

/// <summary>What became of the wish to change a VM: one of the nested types.</summary>
public abstract record UpdateVmResult
{
    private UpdateVmResult()
    {
    }

    /// <summary>The change and its event are committed.</summary>
    /// <param name="Vm">The VM as it is now; its revision grew only if something differs from before.</param>
    /// <param name="Event">The appended event, if one was drafted.</param>
    /// <param name="Begun">The long request that began with it, if one was given.</param>
    public sealed record Updated(VmRecord Vm, StoredEvent? Event, OperationRecord? Begun = null) : UpdateVmResult;

    /// <summary>No VM has that id. Nothing was changed.</summary>
    public sealed record NotFound : UpdateVmResult;

    /// <summary>The VM has another revision than the caller expected. Nothing was changed.</summary>
    /// <param name="Current">The VM as it is.</param>
    public sealed record RevisionMismatch(VmRecord Current) : UpdateVmResult;

    /// <summary>The VM's lease was taken over since the caller held it. Nothing was changed.</summary>
    /// <param name="Current">The lease as it is.</param>
    public sealed record LeaseLost(Lease Current) : UpdateVmResult;
}

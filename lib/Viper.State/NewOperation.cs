namespace Viper.State;

/// <summary>A long request that begins; id, status and times come from the store.</summary>
/// <param name="Kind">What is done, such as <c>vm.create</c>; not empty.</param>
public sealed record NewOperation(string Kind)
{
    /// <summary>Gets the id of the VM that it is about, if there is one already.</summary>
    public string? VmId { get; init; }

    /// <summary>Gets the name of the VM that it is about, if it is about one.</summary>
    public string? VmName { get; init; }

    /// <summary>Gets how far it is, as JSON.</summary>
    public string ProgressJson { get; init; } = "{}";
}

namespace Viper.Orchestration.Admission;

/// <summary>What there is not enough of.</summary>
/// <param name="Resource">Its name on the wire.</param>
/// <param name="Limit">How much of it VMs may have.</param>
/// <param name="Used">How much of it they have.</param>
/// <param name="Wanted">How much one more was to have.</param>
internal sealed record Shortage(string Resource, long Limit, long Used, long Wanted)
{
    /// <summary>Whether the VM would not fit even if it were alone.</summary>
    public bool IsForEver => Wanted > Limit;
}

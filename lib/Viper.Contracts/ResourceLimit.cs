namespace Viper.Contracts;

/// <summary>One thing that VMs share.</summary>
/// <param name="Resource">One of <see cref="VmResources"/>.</param>
/// <param name="Limit">How much of it they may have together; null for no limit.</param>
/// <param name="Used">How much of it they have.</param>
public sealed record ResourceLimit(string Resource, long? Limit, long Used);

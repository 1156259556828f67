namespace Viper.Orchestration.Internal;

/// <summary>What became of the VMs of an earlier daemon that did not get to stop them.</summary>
/// <param name="Adopted">Those that live on, by their ids.</param>
/// <param name="Lost">The ids of those that were up, or on their way, and are <c>crashed</c> now.</param>
internal sealed record RecoveredVms(IReadOnlyDictionary<string, AdoptedVm> Adopted, IReadOnlySet<string> Lost);

namespace Viper.Hypervisor;

/// <summary>The size of a memory balloon: what the guest has given back to the host.</summary>
/// <param name="TargetMib">What was asked for last, in MiB.</param>
/// <param name="ActualMib">What the guest has given, in MiB; it follows the target as fast as the guest's driver works.</param>
public readonly record struct BalloonState(int TargetMib, int ActualMib);

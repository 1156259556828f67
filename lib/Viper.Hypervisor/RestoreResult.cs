namespace Viper.Hypervisor;

/// <summary>A machine made from a snapshot.</summary>
/// <param name="Machine">The machine, which the caller owns.</param>
/// <param name="MemoryMode">How its memory really came from the snapshot, as verified afterwards.</param>
public sealed record RestoreResult(IMachine Machine, MemoryMode MemoryMode);

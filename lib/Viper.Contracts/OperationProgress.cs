namespace Viper.Contracts;

/// <summary>How far an operation is.</summary>
/// <param name="Step">The step that it is at: of a VM's start one of <see cref="VmPhase"/>. Null where none was said.</param>
public sealed record OperationProgress(string? Step);

namespace Viper.Orchestration.Lifecycle;

/// <summary>One cell of the lifecycle's table.</summary>
/// <param name="Verdict">What is to be done.</param>
/// <param name="Way">With <see cref="VmVerdict.Go"/> and <see cref="VmVerdict.Wait"/>: the states that the VM goes through, the last of them where it stays.</param>
/// <param name="Code">With <see cref="VmVerdict.Refuse"/>: the problem's code.</param>
internal sealed record VmOutcome(VmVerdict Verdict, IReadOnlyList<string> Way, string? Code)
{
    /// <summary>Where the VM stays in the end; empty where it does not move.</summary>
    public string To => Way.Count == 0 ? "" : Way[^1];
}

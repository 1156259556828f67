namespace Viper.Contracts;

/// <summary>One step of a longer piece of work and how long it took.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Ms">Its duration in milliseconds.</param>
public sealed record TimelineStep(string Step, double Ms);

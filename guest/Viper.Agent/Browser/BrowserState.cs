using Viper.Contracts.Agent;

namespace Viper.Agent.Browser;

/// <summary>What the supervisor knows at one moment.</summary>
/// <param name="Health">What Chrome is doing.</param>
/// <param name="Run">The Chrome that answers; null unless it runs.</param>
/// <param name="Restarts">How many times a Chrome was started after the first.</param>
internal sealed record BrowserState(BrowserHealth Health, BrowserRun? Run, int Restarts);

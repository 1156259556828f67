namespace Viper.Daemon.Commands;

/// <summary>One thing that setup makes or removes.</summary>
/// <param name="What">In one sentence.</param>
/// <param name="Needed">Whether there was something to do; false where all was as it should be.</param>
internal sealed record SetupStep(string What, bool Needed);

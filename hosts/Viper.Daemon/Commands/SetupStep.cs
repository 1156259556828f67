namespace Viper.Daemon.Commands;

/// <summary>One thing that setup makes or removes.</summary>
/// <param name="Name">A short name that stays the same, such as <c>bridge</c>.</param>
/// <param name="What">In one sentence.</param>
/// <param name="Needed">Whether there was something to do; false where all was as it should be.</param>
internal sealed record SetupStep(string Name, string What, bool Needed)
{
    /// <summary>What belongs to it, a line each: the rules of a table.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}

namespace Viper.Orchestration.Network;

/// <summary>One step of setting the host's network up.</summary>
/// <param name="Name">A short name that stays the same, such as <c>bridge</c>.</param>
/// <param name="Description">What the step does, exactly, for a person.</param>
/// <param name="IsDone">True when the host is that way already.</param>
public sealed record NetworkStep(string Name, string Description, bool IsDone)
{
    /// <summary>What belongs to the step, a line each: the rules of a table. Empty for steps that say all in their description.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}

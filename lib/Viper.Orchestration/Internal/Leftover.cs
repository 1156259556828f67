namespace Viper.Orchestration.Internal;

/// <summary>Something that no VM has and nobody removed.</summary>
/// <param name="What">In words; the same for the same thing.</param>
/// <param name="RemoveAsync">Removes it.</param>
internal sealed record Leftover(string What, Func<Task> RemoveAsync);

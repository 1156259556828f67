namespace Viper.Images.Builder;

/// <summary>News of a build: a step began, or it ended.</summary>
/// <param name="Name">What the step does, in a few words.</param>
/// <param name="Detail">What it found or made; null while it runs.</param>
/// <param name="Elapsed">How long it took; null while it runs.</param>
public sealed record BuildStep(string Name, string? Detail, TimeSpan? Elapsed);

namespace Viper.Images;

/// <summary>Something other than a package that went into an image: the recipe, a file beside it, the agent, init.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Sha256">Its SHA-256.</param>
public sealed record ImageInput(string Name, string Sha256);

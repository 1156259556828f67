namespace Viper.Images.Builder;

/// <summary>Something that goes into the image is not there and cannot be fetched.</summary>
public sealed class MissingArtifactException : ImageBuildException
{
    internal MissingArtifactException(string artifact, string path, string remedy, Exception? inner = null)
        : base($"The image cannot be built: {artifact} is missing ({path}). {remedy}", inner)
    {
        Artifact = artifact;
        Path = path;
    }

    /// <summary>What is missing.</summary>
    public string Artifact { get; }

    /// <summary>Where it was looked for.</summary>
    public string Path { get; }
}

namespace Viper.Hypervisor;

/// <summary>A snapshot cannot be used: it is none, is incomplete, or was made of another kind of machine; nothing was started.</summary>
public sealed class SnapshotException : HypervisorException
{
    internal SnapshotException(string directory, string property, string reason, Exception? inner = null)
        : base($"The snapshot in '{directory}' cannot be used: {reason}.", inner)
    {
        Directory = directory;
        Property = property;
    }

    /// <summary>The folder of the snapshot.</summary>
    public string Directory { get; }

    /// <summary>The name of the property of <see cref="SnapshotFacts"/> that does not agree; empty when the facts are missing or unreadable.</summary>
    public string Property { get; }
}

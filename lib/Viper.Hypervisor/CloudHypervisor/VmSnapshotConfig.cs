namespace Viper.Hypervisor;

/// <summary>Where a snapshot goes.</summary>
public sealed record VmSnapshotConfig
{
    /// <summary>A <c>file://</c> URL of an existing folder that holds no snapshot yet.</summary>
    public string? DestinationUrl { get; init; }

    /// <summary>A snapshot into an existing, empty folder.</summary>
    /// <param name="directory">The absolute path; the program takes it as it stands, so nothing of it is escaped.</param>
    public static VmSnapshotConfig ToDirectory(string directory) => new() { DestinationUrl = "file://" + directory };
}

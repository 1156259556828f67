namespace Viper.Hypervisor;

/// <summary>Where a dump of the guest's memory goes.</summary>
public sealed record VmCoredumpData
{
    /// <summary>A <c>file://</c> URL of the file to make.</summary>
    public string? DestinationUrl { get; init; }

    /// <summary>A dump into a file that does not exist yet.</summary>
    /// <param name="path">The absolute path; the program takes it as it stands, so nothing of it is escaped.</param>
    public static VmCoredumpData ToFile(string path) => new() { DestinationUrl = "file://" + path };
}

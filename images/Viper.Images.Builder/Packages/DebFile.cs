namespace Viper.Images.Builder.Packages;

/// <summary>The name of a package archive: "NAME_VERSION_ARCHITECTURE.deb", with %3a for the colon of an epoch.</summary>
internal readonly record struct DebFile(string Name, string Version, string Architecture)
{
    internal static DebFile Parse(string file)
    {
        string[] parts = file.EndsWith(".deb", StringComparison.Ordinal) ? file[..^4].Split('_') : [];
        return parts.Length == 3 && parts.All(part => part.Length > 0) && !file.Contains('/')
            ? new DebFile(parts[0], parts[1].Replace("%3a", ":", StringComparison.OrdinalIgnoreCase), parts[2])
            : throw new ImageBuildException($"apt named a package archive '{file}', which is not of the form NAME_VERSION_ARCHITECTURE.deb.");
    }
}

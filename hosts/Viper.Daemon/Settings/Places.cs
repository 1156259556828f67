namespace Viper.Daemon.Settings;

/// <summary>Where the daemon keeps things where nobody said where: the system's folder if it can be written, else the user's.</summary>
internal static class Places
{
    internal static string State(SettingsSource source, Func<string, bool> isWritable) =>
        Given(source, SettingDefinitions.StateDir) ?? SystemOr("/var/lib/viper", isWritable, () => Path.Combine(Home(source), ".viper"));

    internal static string Runtime(SettingsSource source, string state, Func<string, bool> isWritable) =>
        Given(source, SettingDefinitions.RuntimeDir) ?? SystemOr("/run/viper", isWritable, () =>
            source.Variable("XDG_RUNTIME_DIR") is { Length: > 0 } user ? Path.Combine(user, "viper") : Path.Combine(state, "run"));

    internal static string Log(SettingsSource source, string state, Func<string, bool> isWritable) =>
        Given(source, SettingDefinitions.LogDir) ?? SystemOr("/var/log/viper", isWritable, () => Path.Combine(state, "logs"));

    internal static string Cache(SettingsSource source, Func<string, bool> isWritable) =>
        Given(source, SettingDefinitions.CacheDir) ?? SystemOr("/var/cache/viper", isWritable, () =>
            Path.Combine(source.Variable("XDG_CACHE_HOME") is { Length: > 0 } user ? user : Path.Combine(Home(source), ".cache"), "viper"));

    /// <summary>Whether a folder, or the nearest one above it that exists, lets this user make files.</summary>
    internal static bool IsWritable(string folder)
    {
        string? nearest = folder;
        while (nearest is not null && !Directory.Exists(nearest))
        {
            nearest = Path.GetDirectoryName(nearest);
        }

        if (nearest is null)
        {
            return false;
        }

        try
        {
            using FileStream probe = new(
                Path.Combine(nearest, $".viper-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? Given(SettingsSource source, SettingDefinition setting) =>
        source.Find(setting) is not { } value ? null
        : value.Text.Length > 0 && !value.Text.Contains('\0') ? Path.GetFullPath(value.Text)
        : throw value.NotA("a folder");

    private static string SystemOr(string system, Func<string, bool> isWritable, Func<string> user) => isWritable(system) ? system : user();

    private static string Home(SettingsSource source) => source.Variable("HOME") is { Length: > 0 } home
        ? home
        : throw new SettingsException("HOME is not set and the system's folders cannot be written; name the folders with --state-dir and --cache-dir.");
}

namespace Viper.Orchestration.Internal;

/// <summary>The folders that the engine keeps things in.</summary>
internal static class EngineFolders
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes those that are missing, readable by their owner alone.</summary>
    public static void Create(EngineSettings settings)
    {
        foreach (string folder in new[] { settings.StateDirectory, settings.RuntimeDirectory, settings.LogDirectory, VmFolders.RunRoot(settings), VmFolders.LogRoot(settings) })
        {
            try
            {
                Directory.CreateDirectory(folder, OwnerOnly);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw EngineProblems.HostNotReady($"Cannot make the folder {folder}: {e.Message} Choose another with --state-dir, --runtime-dir or --log-dir.", e);
            }
        }
    }
}

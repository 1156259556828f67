using Viper.Agent.Interop;

namespace Viper.Agent.Browser;

/// <summary>Sees that Chrome's folders are there and its own.</summary>
internal static class BrowserHome
{
    internal static void Prepare(BrowserOptions options)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(options.LogPath)!);
        Directory.CreateDirectory(options.Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (options.UserId is { } user && Libc.chown(options.Home, user, user) != 0)
        {
            throw SystemCallException.Last($"chown {options.Home}");
        }
    }
}

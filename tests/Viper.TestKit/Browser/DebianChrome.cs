using System.Globalization;
using Viper.TestKit.Hypervisor;

namespace Viper.TestKit.Browser;

/// <summary>Debian's chromium-headless-shell, which <c>build/setup test</c> installs, and as whom tests start it.</summary>
public static class DebianChrome
{
    /// <summary>The user of a guest's Chrome; no account of this machine has this number.</summary>
    public const uint GuestUser = 65532;

    private const string Path = "/usr/lib/chromium/chromium-headless-shell";

    /// <summary>Its path.</summary>
    /// <exception cref="FileNotFoundException">It is not installed.</exception>
    public static string Program => File.Exists(Path)
        ? Path
        : throw new FileNotFoundException($"{Path} is missing. Install it by build/setup test (Debian's chromium-headless-shell).", Path);

    /// <summary>Another user for it where this one is root, as whom it would not start; null otherwise.</summary>
    public static uint? User => Environment.IsPrivilegedProcess ? GuestUser : null;

    /// <summary>A new empty folder that is its user's; the caller removes it.</summary>
    public static async Task<string> CreateHomeAsync()
    {
        string home = Directory.CreateTempSubdirectory("viper-chrome-").FullName;
        if (User is { } user)
        {
            await ToolRun.RunAsync("chown", [string.Create(CultureInfo.InvariantCulture, $"{user}:{user}"), home]);
        }

        return home;
    }

    /// <summary>What stands before its program on a command line, so that it is its user's.</summary>
    public static IReadOnlyList<string> Prefix(string home) => User is { } user
        ? ["setpriv", string.Create(CultureInfo.InvariantCulture, $"--reuid={user}"), string.Create(CultureInfo.InvariantCulture, $"--regid={user}"), "--clear-groups", "env", $"HOME={home}"]
        : ["env", $"HOME={home}"];
}

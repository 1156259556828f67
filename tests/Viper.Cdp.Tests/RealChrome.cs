using Viper.TestKit.Browser;

namespace Viper.Cdp.Tests;

/// <summary>Debian's chromium-headless-shell on loopback, as an unprivileged user, for the tests of one class.</summary>
public sealed class RealChrome : IAsyncLifetime
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private string? _home;
    private CdpChrome? _chrome;

    /// <summary>Launches one, which the caller disposes of.</summary>
    internal static Task<CdpChrome> LaunchAsync(string home, bool usesPort, CdpThreading threading, CancellationToken cancellationToken) => CdpChrome.LaunchAsync(
        new CdpChromeOptions
        {
            Executable = DebianChrome.Program,
            Prefix = DebianChrome.Prefix(home),
            Arguments = ["--disable-gpu"],
            UserDataDirectory = home,
            UsesPort = usesPort,
            Connection = new CdpConnectionOptions { Threading = threading },
            Timeout = Deadline,
        },
        cancellationToken);

    /// <summary>Another connection to it.</summary>
    internal Task<CdpConnection> ConnectAsync() => CdpConnection.ConnectAsync(_chrome!.Address!, TestContext.Current.CancellationToken);

    public async ValueTask InitializeAsync()
    {
        _home = await DebianChrome.CreateHomeAsync();
        _chrome = await LaunchAsync(_home, usesPort: true, CdpThreading.Shared, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_chrome is not null)
        {
            await _chrome.DisposeAsync();
        }

        if (_home is not null)
        {
            Directory.Delete(_home, recursive: true);
        }
    }
}

using System.Diagnostics;

namespace Viper.Cdp.Tests;

/// <summary>Debian's chromium-headless-shell on loopback, as an unprivileged user, for the tests of one class.</summary>
public sealed class RealChrome : IAsyncLifetime
{
    internal const string Program = "/usr/lib/chromium/chromium-headless-shell";
    private const string User = "65532";

    private readonly string _home = Path.Combine(Path.GetTempPath(), $"viper-cdp-{Guid.NewGuid():N}");
    private Process? _process;
    private Task _draining = Task.CompletedTask;
    private string? _address;

    /// <summary>Connects to it, or skips the test where it cannot run.</summary>
    internal async Task<CdpConnection> ConnectAsync()
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is missing; install Debian's chromium-headless-shell.");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Starting Chrome as another user needs root.");
        return await CdpConnection.ConnectAsync(new Uri(_address!), TestContext.Current.CancellationToken);
    }

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program) || !Environment.IsPrivilegedProcess)
        {
            return;
        }

        using (var install = Process.Start("install", ["-d", "-o", User, "-g", User, _home]))
        {
            await install.WaitForExitAsync();
        }

        _process = Process.Start(new ProcessStartInfo(
            "setpriv",
            [$"--reuid={User}", $"--regid={User}", "--clear-groups", Program, "--headless", "--disable-gpu", "--remote-debugging-port=0", $"--user-data-dir={_home}"])
        {
            RedirectStandardError = true,
            WorkingDirectory = _home,
            Environment = { ["HOME"] = _home },
        })!;
        const string Prefix = "DevTools listening on ";
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Prefix, StringComparison.Ordinal))
            {
                _address = line[Prefix.Length..];
                break;
            }
        }

        // Unread, its output would stop it when the pipe is full.
        _draining = _process.StandardError.BaseStream.CopyToAsync(Stream.Null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            await _draining;
            _process.Dispose();
            Directory.Delete(_home, recursive: true);
        }
    }
}

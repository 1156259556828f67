using System.ComponentModel;
using System.Diagnostics;
using Viper.Cdp.Transport;

namespace Viper.Cdp;

/// <summary>A headless Chrome of this program's own, launched on its pipe or a loopback port.</summary>
/// <remarks>Disposing ends the connection and kills Chrome with its children. Safe for use by several threads.</remarks>
public sealed class CdpChrome : IAsyncDisposable
{
    private const string Announcement = "DevTools listening on ";

    private readonly Process _process;
    private readonly string? _temporary;
    private Task? _draining;
    private CdpConnection? _connection;

    private CdpChrome(Process process, string? temporary)
    {
        _process = process;
        _temporary = temporary;
    }

    /// <summary>Gets the connection to the browser; it is disposed with this.</summary>
    public CdpConnection Connection => _connection!;

    /// <summary>Gets the DevTools address, for further connections; null for a Chrome that speaks over its pipe.</summary>
    public Uri? Address { get; private set; }

    /// <summary>Gets the process that was started.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Launches a Chrome and connects to it.</summary>
    /// <param name="options">How; null for the default: over a pipe, with a temporary profile.</param>
    /// <param name="cancellationToken">Ends the attempt, and Chrome.</param>
    /// <exception cref="CdpClosedException">There is no such program, or it ended before it was ready.</exception>
    /// <exception cref="CdpTimeoutException">It was not ready in time.</exception>
    public static async Task<CdpChrome> LaunchAsync(CdpChromeOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new CdpChromeOptions();
        var temporary = options.UserDataDirectory is null ? Directory.CreateTempSubdirectory("cdp-chrome-").FullName : null;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Timeout);
        CdpChrome? chrome = null;
        try
        {
            chrome = new CdpChrome(Start(options, options.UserDataDirectory ?? temporary!), temporary);
            await chrome.ConnectAsync(options, deadline.Token).ConfigureAwait(false);
            return chrome;
        }
        catch (Exception error)
        {
            if (chrome is not null)
            {
                await chrome.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                Delete(temporary);
            }

            throw error switch
            {
                Win32Exception => new CdpClosedException($"'{options.Executable}' cannot be started: {error.Message}", null, error),
                OperationCanceledException when !cancellationToken.IsCancellationRequested => new CdpTimeoutException("The launch of Chrome", options.Timeout),
                _ => error,
            };
        }
    }

    /// <summary>Ends the connection, kills Chrome and its children, and deletes a temporary profile.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }

        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        await _process.WaitForExitAsync().ConfigureAwait(false);

        // Chrome's children hold the same descriptor: at its end none is left that could write to the profile.
        await (_draining ?? DrainAsync()).ConfigureAwait(false);
        _process.Dispose();
        Delete(_temporary);
    }

    private static Process Start(CdpChromeOptions options, string profile)
    {
        List<string> chrome =
        [
            .. options.Prefix, options.Executable, "--headless", "--no-first-run", $"--user-data-dir={profile}",
            options.UsesPort ? "--remote-debugging-port=0" : "--remote-debugging-pipe", .. options.Arguments,
        ];

        // Chrome speaks on the descriptors 3 and 4, which only a shell can make of those that a process is started with.
        string[] shell = options.UsesPort ? [] : ["/bin/sh", "-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>&2"];
        List<string> line = [.. shell, .. chrome];
        return Process.Start(new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardError = true,
            RedirectStandardInput = !options.UsesPort,
            RedirectStandardOutput = !options.UsesPort,
        })!;
    }

    private async Task ConnectAsync(CdpChromeOptions options, CancellationToken cancellationToken)
    {
        if (options.UsesPort)
        {
            Address = await ReadAddressAsync(cancellationToken).ConfigureAwait(false);
            _draining = DrainAsync();
            _connection = await CdpConnection.ConnectAsync(Address, options.Connection, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            // Unread, its output would stop it when the pipe is full.
            _draining = DrainAsync();
            _connection = CdpConnection.OverPipe(
                new StreamTransport(_process.StandardOutput.BaseStream, _process.StandardInput.BaseStream), options.Connection);
        }

        (await _connection.Browser.SendAsync("Browser.getVersion"u8, default, cancellationToken).ConfigureAwait(false)).Dispose();
    }

    private Task DrainAsync() => _process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);

    private async Task<Uri> ReadAddressAsync(CancellationToken cancellationToken)
    {
        while (await _process.StandardError.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(Announcement, StringComparison.Ordinal))
            {
                return new Uri(line[Announcement.Length..]);
            }
        }

        throw new CdpClosedException("Chrome ended before it listened.");
    }

    private static void Delete(string? folder)
    {
        if (folder is not null && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

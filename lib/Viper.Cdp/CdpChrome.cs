using System.ComponentModel;
using Viper.Cdp.Internal;
using Viper.Cdp.Transport;

namespace Viper.Cdp;

/// <summary>A headless Chrome of this program's own, launched on its pipe or a loopback port.</summary>
/// <remarks>Disposing ends the connection and kills Chrome with its children. Safe for use by several threads.</remarks>
public sealed class CdpChrome : IAsyncDisposable
{
    private const string Announcement = "DevTools listening on ";

    private readonly ChromeProcess _process;
    private readonly string? _temporary;
    private Task? _draining;
    private CdpConnection? _connection;

    private CdpChrome(ChromeProcess process, string? temporary)
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
            chrome = new CdpChrome(ChromeProcess.Spawn(options, options.UserDataDirectory ?? temporary!), temporary);
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

        _process.Kill();

        // Chrome's children print to the same socket: at its end none is left that could write to the profile.
        await (_draining ?? _process.DrainAsync()).ConfigureAwait(false);
        await _process.DisposeAsync().ConfigureAwait(false);
        Delete(_temporary);
    }

    private async Task ConnectAsync(CdpChromeOptions options, CancellationToken cancellationToken)
    {
        if (options.UsesPort)
        {
            Address = await ReadAddressAsync(cancellationToken).ConfigureAwait(false);
            _draining = _process.DrainAsync();
            _connection = await CdpConnection.ConnectAsync(Address, options.Connection, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            _draining = _process.DrainAsync();
            _connection = CdpConnection.OverPipe(new SocketTransport(_process.Pipe!), options.Connection);
        }

        (await _connection.Browser.SendAsync("Browser.getVersion"u8, default, cancellationToken).ConfigureAwait(false)).Dispose();
    }

    private async Task<Uri> ReadAddressAsync(CancellationToken cancellationToken)
    {
        using StreamReader output = new(_process.Output, leaveOpen: true);
        while (await output.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
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

using System.Text.Json;
using Viper.Cdp.Internal;

namespace Viper.Cdp;

/// <summary>The browser behind a connection: its version and its targets.</summary>
/// <remarks>Owns nothing; the connection stays the caller's. Safe for use by several threads.</remarks>
public sealed class CdpBrowser
{
    /// <summary>Makes the view of a connection.</summary>
    public CdpBrowser(CdpConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Connection = connection;
    }

    /// <summary>Gets the connection.</summary>
    public CdpConnection Connection { get; }

    /// <summary>Asks for the browser's version.</summary>
    public async Task<CdpVersion> GetVersionAsync(CancellationToken cancellationToken = default)
    {
        var result = await Connection.SendAsync("Browser.getVersion", null, null, cancellationToken).ConfigureAwait(false);
        return new CdpVersion(result.Text("product"u8), result.Text("protocolVersion"u8), result.Text("userAgent"u8));
    }

    /// <summary>Lists the targets.</summary>
    public async Task<IReadOnlyList<CdpTarget>> GetTargetsAsync(CancellationToken cancellationToken = default)
    {
        var result = await Connection.SendAsync("Target.getTargets", null, null, cancellationToken).ConfigureAwait(false);
        List<CdpTarget> targets = [];
        foreach (var info in result.Member("targetInfos"u8).EnumerateArray())
        {
            targets.Add(ReadTarget(info));
        }

        return targets;
    }

    /// <summary>Opens a page and answers its target's id.</summary>
    /// <param name="url">The address that it opens first.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<string> CreateTargetAsync(string url = "about:blank", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        var result = await Connection.SendAsync(
            "Target.createTarget", writer => writer.WriteString("url"u8, url), null, cancellationToken).ConfigureAwait(false);
        return result.Text("targetId"u8);
    }

    /// <summary>Attaches a session of its own to a page.</summary>
    /// <param name="targetId">The page's target.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The page; disposing it detaches the session and leaves the page open.</returns>
    /// <exception cref="CdpProtocolException">There is no such target.</exception>
    public async Task<CdpPage> AttachAsync(string targetId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(targetId);
        var result = await Connection.SendAsync(
            "Target.attachToTarget",
            writer =>
            {
                writer.WriteString("targetId"u8, targetId);
                writer.WriteBoolean("flatten"u8, true);
            },
            null,
            cancellationToken).ConfigureAwait(false);
        return new CdpPage(this, targetId, result.Text("sessionId"u8));
    }

    /// <summary>Asks for one target's address and title, which Chrome knows without running anything in the page.</summary>
    /// <exception cref="CdpProtocolException">There is no such target.</exception>
    public async Task<CdpTarget> GetTargetAsync(string targetId, CancellationToken cancellationToken = default)
    {
        var result = await Connection.SendAsync(
            "Target.getTargetInfo", writer => writer.WriteString("targetId"u8, targetId), null, cancellationToken).ConfigureAwait(false);
        return ReadTarget(result.Member("targetInfo"u8));
    }

    /// <summary>Closes a target.</summary>
    /// <exception cref="CdpProtocolException">There is no such target.</exception>
    public Task CloseTargetAsync(string targetId, CancellationToken cancellationToken = default) =>
        Connection.SendAsync("Target.closeTarget", writer => writer.WriteString("targetId"u8, targetId), null, cancellationToken);

    /// <summary>Attaches sessions of their own to all pages, those that are there and those that come.</summary>
    /// <returns>The pages; the caller disposes it.</returns>
    public async Task<CdpAutoAttach> AutoAttachAsync(CancellationToken cancellationToken = default)
    {
        var attaching = new CdpAutoAttach(this);
        await attaching.SetAsync(true, cancellationToken).ConfigureAwait(false);
        return attaching;
    }

    private static CdpTarget ReadTarget(JsonElement info) =>
        new(info.Text("targetId"u8), info.Text("type"u8), info.Text("url"u8), info.Text("title"u8));
}

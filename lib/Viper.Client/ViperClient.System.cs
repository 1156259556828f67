using Viper.Client.Internal;
using Viper.Contracts;

namespace Viper.Client;

public sealed partial class ViperClient
{
    /// <summary>The state of the whole.</summary>
    public Task<SystemStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        GetAsync(new RequestPath("/api/v1/system/status"), ViperJson.Default.SystemStatus, TimeSpan.Zero, cancellationToken);

    /// <summary>What VMs may have of the host, and what they have.</summary>
    public Task<SystemLimits> GetLimitsAsync(CancellationToken cancellationToken) =>
        GetAsync(new RequestPath("/api/v1/system/limits"), ViperJson.Default.SystemLimits, TimeSpan.Zero, cancellationToken);

    /// <summary>The daemon's version.</summary>
    public Task<VersionInfo> GetVersionAsync(CancellationToken cancellationToken) =>
        GetAsync(new RequestPath("/api/v1/system/version"), ViperJson.Default.VersionInfo, TimeSpan.Zero, cancellationToken);

    /// <summary>The installed images.</summary>
    public Task<ImageList> ListImagesAsync(CancellationToken cancellationToken) =>
        GetAsync(new RequestPath("/api/v1/images"), ViperJson.Default.ImageList, TimeSpan.Zero, cancellationToken);

    /// <summary>Returns if the daemon lives; asks for no key.</summary>
    public Task CheckHealthAsync(CancellationToken cancellationToken) => ProbeAsync("/healthz", cancellationToken);

    /// <summary>Returns if the daemon can start VMs; throws with <see cref="ProblemCodes.HostNotReady"/> where it cannot.</summary>
    public Task CheckReadyAsync(CancellationToken cancellationToken) => ProbeAsync("/readyz", cancellationToken);

    private async Task ProbeAsync(string path, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, new RequestPath(path));
        using CancellationTokenSource deadline = Deadline(TimeSpan.Zero, cancellationToken);
        using HttpResponseMessage response = await SendAsync(request, deadline.Token, cancellationToken).ConfigureAwait(false);
    }
}

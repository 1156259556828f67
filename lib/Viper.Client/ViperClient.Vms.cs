using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Viper.Client.Internal;
using Viper.Contracts;

namespace Viper.Client;

public sealed partial class ViperClient
{
    /// <summary>One page of VMs, by name.</summary>
    public Task<VmList> ListVmsAsync(VmQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        RequestPath path = new RequestPath("/api/v1/vms").With("status", query.Status).With("limit", query.Limit).With("cursor", query.Cursor);
        foreach ((string key, string value) in query.Labels ?? new Dictionary<string, string>())
        {
            path.With("label", $"{key}:{value}");
        }

        return GetAsync(path, ViperJson.Default.VmList, TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Every VM of a query, page after page.</summary>
    public IAsyncEnumerable<Vm> ListAllVmsAsync(VmQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return PagesAsync(
            query.Cursor,
            async (cursor, token) =>
            {
                VmList page = await ListVmsAsync(query with { Cursor = cursor }, token).ConfigureAwait(false);
                return (page.Items, page.NextCursor);
            },
            cancellationToken);
    }

    /// <summary>Creates a VM and begins to boot it; returns it as <c>starting</c>.</summary>
    public Task<Vm> CreateVmAsync(CreateVmRequest request, CancellationToken cancellationToken) =>
        CreateVmAsync(request, null, cancellationToken);

    /// <summary>Creates a VM and waits up to <paramref name="wait"/> until it is ready; the VM says whether it is.</summary>
    public async Task<Vm> CreateVmAsync(CreateVmRequest request, TimeSpan? wait, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequestPath path = new("/api/v1/vms");
        if (wait is { } time)
        {
            path.With("wait", "ready").With("timeout_seconds", Seconds(time));
        }

        using HttpRequestMessage message = Request(HttpMethod.Post, path);
        message.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, ViperJson.Default.CreateVmRequest));
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        TimeSpan patience = (wait ?? TimeSpan.Zero) + TimeSpan.FromSeconds(request.QueueWaitSeconds ?? 0);
        return await SendAsync(message, ViperJson.Default.Vm, patience, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The VM of that name.</summary>
    public Task<Vm> GetVmAsync(string name, CancellationToken cancellationToken) =>
        GetAsync(RequestPath.OfVm(name), ViperJson.Default.Vm, TimeSpan.Zero, cancellationToken);

    /// <summary>The VM of that name if it is no longer at <paramref name="revision"/>; otherwise null.</summary>
    public async Task<Vm?> GetVmIfChangedAsync(string name, long revision, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, RequestPath.OfVm(name));
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"r{revision}\""));
        using CancellationTokenSource deadline = Deadline(TimeSpan.Zero, cancellationToken);
        using HttpResponseMessage response = await SendAsync(request, deadline.Token, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            return null;
        }

        byte[] body = await response.Content.ReadAsByteArrayAsync(deadline.Token).ConfigureAwait(false);
        return JsonSerializer.Deserialize(body, ViperJson.Default.Vm);
    }

    /// <summary>Waits until a VM is as asked, at most <paramref name="timeout"/> (up to an hour); returns it as it is then.</summary>
    /// <remarks>Throws <see cref="ViperApiException"/> once the VM cannot become so, such as with <see cref="ProblemCodes.StartFailed"/>.</remarks>
    public Task<Vm> WaitVmAsync(string name, VmCondition condition, TimeSpan timeout, CancellationToken cancellationToken)
    {
        RequestPath path = RequestPath.OfVm(name).With("wait", condition == VmCondition.Ready ? "ready" : "stopped").With("timeout_seconds", Seconds(timeout));
        return GetAsync(path, ViperJson.Default.Vm, timeout, cancellationToken);
    }

    /// <summary>Ends a VM in whatever state it is and frees everything it had.</summary>
    public Task DeleteVmAsync(string name, CancellationToken cancellationToken) => DeleteAsync(RequestPath.OfVm(name), cancellationToken);

    /// <summary>Begins to boot a stopped or crashed VM; a running one is returned as it is, a paused one is a conflict.</summary>
    public Task<Vm> StartVmAsync(string name, CancellationToken cancellationToken) =>
        PostAsync(RequestPath.OfVm(name, "/start"), cancellationToken);

    /// <summary>Stops a VM and waits until it is stopped; <paramref name="force"/> ends it without asking the guest.</summary>
    public Task<Vm> StopVmAsync(string name, bool force, CancellationToken cancellationToken) =>
        PostAsync(RequestPath.OfVm(name, "/stop").With("force", force ? "true" : null), cancellationToken);

    /// <summary>Ends a VM's run, if it has one, and begins the next; <paramref name="force"/> ends it without asking the guest.</summary>
    public Task<Vm> RestartVmAsync(string name, bool force, CancellationToken cancellationToken) =>
        PostAsync(RequestPath.OfVm(name, "/restart").With("force", force ? "true" : null), cancellationToken);

    /// <summary>Holds the vCPUs of a running VM; a paused one is returned as it is.</summary>
    public Task<Vm> PauseVmAsync(string name, CancellationToken cancellationToken) =>
        PostAsync(RequestPath.OfVm(name, "/pause"), cancellationToken);

    /// <summary>Lets the vCPUs of a paused VM run again; a running one is returned as it is.</summary>
    public Task<Vm> ResumeVmAsync(string name, CancellationToken cancellationToken) =>
        PostAsync(RequestPath.OfVm(name, "/resume"), cancellationToken);

    /// <summary>Counts as use of a VM; returns it with its new idle deadline.</summary>
    public Task<Vm> KeepVmAliveAsync(string name, CancellationToken cancellationToken) =>
        PostAsync(RequestPath.OfVm(name, "/keepalive"), cancellationToken);

    /// <summary>What lets DevTools clients in that cannot send the daemon's key: for this VM's DevTools alone, until it is revoked. A secret.</summary>
    public async Task<VmTicket> GetVmTicketAsync(string name, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Post, RequestPath.OfVm(name, "/tickets"));
        return await SendAsync(request, ViperJson.Default.VmTicket, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes every ticket to a VM void and ends the connections that one had let in.</summary>
    public Task RevokeVmTicketsAsync(string name, CancellationToken cancellationToken) =>
        DeleteAsync(RequestPath.OfVm(name, "/tickets"), cancellationToken);

    private async Task<Vm> PostAsync(RequestPath path, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Post, path);
        return await SendAsync(request, ViperJson.Default.Vm, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteAsync(RequestPath path, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Delete, path);
        using CancellationTokenSource deadline = Deadline(TimeSpan.Zero, cancellationToken);
        using HttpResponseMessage response = await SendAsync(request, deadline.Token, cancellationToken).ConfigureAwait(false);
    }

    private static long Seconds(TimeSpan time) => Math.Clamp((long)Math.Ceiling(time.TotalSeconds), 0, 3600);
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Viper.Client.Internal;
using Viper.Contracts;

namespace Viper.Client;

public sealed partial class ViperClient
{
    private static readonly TimeSpan s_defaultRetry = TimeSpan.FromSeconds(2);

    /// <summary>Events as they are committed, without end and without a gap: a stream that breaks off is taken up where it broke.</summary>
    /// <remarks>Throws <see cref="ViperUnreachableException"/> once the daemon has not answered for <see cref="ViperClientOptions.ReconnectTimeout"/>, or at once where it never did.</remarks>
    public async IAsyncEnumerable<VmEvent> WatchEventsAsync(EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);

        // From here on, not from when the stream is open: what is committed in between would be lost.
        long after = query.After ?? (await GetStatusAsync(cancellationToken).ConfigureAwait(false)).LastSeq;
        bool wasOpen = false;
        Stopwatch silence = Stopwatch.StartNew();
        TimeSpan retry = s_defaultRetry;
        while (true)
        {
            EventStream? stream = await OpenAsync(query, after, wasOpen && silence.Elapsed < _options.ReconnectTimeout, cancellationToken).ConfigureAwait(false);
            if (stream is not null)
            {
                wasOpen = true;
                await using (stream.ConfigureAwait(false))
                {
                    while (await stream.ReadAsync(cancellationToken).ConfigureAwait(false) is { } batch)
                    {
                        silence.Restart();
                        foreach (VmEvent item in batch)
                        {
                            after = item.Seq;
                            yield return item;
                        }
                    }

                    retry = stream.Retry ?? retry;
                }

                silence.Restart();
            }

            await Task.Delay(retry, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lines of one of a VM's logs.</summary>
    public async IAsyncEnumerable<string> ReadLogAsync(string name, LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        RequestPath path = RequestPath.OfVm(name, "/logs").With("source", query.Source).With("tail", query.Tail).With("follow", query.Follow ? "true" : null);
        using HttpRequestMessage request = Request(HttpMethod.Get, path);
        using HttpResponseMessage response = await SendAsync(request, cancellationToken, cancellationToken).ConfigureAwait(false);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        while (await ReadLineAsync(reader, cancellationToken).ConfigureAwait(false) is { } line)
        {
            yield return line;
        }
    }

    private async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new ViperUnreachableException(Address, $"the log broke off: {error.Message}", error);
        }
    }

    // Null where the daemon does not answer and that may still pass.
    private async Task<EventStream?> OpenAsync(EventQuery query, long after, bool mayFail, CancellationToken cancellationToken)
    {
        RequestPath path = new RequestPath("/api/v1/events/vms").With("vm", query.Vm).With("types", query.Types.Count == 0 ? null : string.Join(',', query.Types));
        using HttpRequestMessage request = Request(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", after.ToString(CultureInfo.InvariantCulture));
        try
        {
            HttpResponseMessage response = await SendAsync(request, cancellationToken, cancellationToken).ConfigureAwait(false);
            return new EventStream(response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (ViperClientException error) when (mayFail && error.IsTransient)
        {
            return null;
        }
    }

    /// <summary>One connection's worth of events.</summary>
    private sealed class EventStream(HttpResponseMessage response, Stream body) : IAsyncDisposable
    {
        private readonly ServerSentEventReader _reader = new();
        private readonly byte[] _buffer = new byte[16 * 1024];

        internal TimeSpan? Retry => _reader.Retry;

        public async ValueTask DisposeAsync()
        {
            await body.DisposeAsync().ConfigureAwait(false);
            response.Dispose();
        }

        // Null at the end, however the connection came to it.
        internal async Task<IReadOnlyList<VmEvent>?> ReadAsync(CancellationToken cancellationToken)
        {
            int read;
            try
            {
                read = await body.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or HttpRequestException)
            {
                return null;
            }

            if (read == 0)
            {
                return null;
            }

            List<ServerSentEvent> events = [];
            _reader.Append(_buffer.AsSpan(0, read), events);
            return [.. events.Select(e => JsonSerializer.Deserialize(e.Data, ViperJson.Default.VmEvent)).OfType<VmEvent>()];
        }
    }
}

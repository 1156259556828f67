using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Viper.Client.Internal;
using Viper.Contracts.Agent;

namespace Viper.Client;

public sealed partial class ViperClient
{
    private const string Processes = "/agent/processes";

    /// <summary>Runs a program in a VM to its end; ended with the token. Of each output 1 MiB is answered.</summary>
    public async Task<ExecResult> ExecAsync(string name, ExecRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        // As long as the program runs there is no answer; its own limit ends it.
        using HttpRequestMessage message = Request(HttpMethod.Post, RequestPath.OfVm(name, "/agent/exec"));
        message.Content = JsonBody(request, AgentJsonContext.Default.ExecRequest);
        return await SendAsync(message, AgentJsonContext.Default.ExecResult, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a program in a VM and gives what it writes as it comes, its end as the last. Nothing is missed: the program waits for its reader, and ends with it.</summary>
    public IAsyncEnumerable<ProgramEvent> ExecStreamAsync(string name, ExecRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ReadProgramAsync(
            () =>
            {
                HttpRequestMessage message = Request(HttpMethod.Post, RequestPath.OfVm(name, "/agent/exec").With("stream", "true"));
                message.Content = JsonBody(request, AgentJsonContext.Default.ExecRequest);
                return message;
            },
            cancellationToken);
    }

    /// <summary>Starts a program in a VM and leaves it running.</summary>
    public async Task<GuestProcessInfo> StartProcessAsync(string name, ProcessRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using HttpRequestMessage message = Request(HttpMethod.Post, RequestPath.OfVm(name, Processes));
        message.Content = JsonBody(request, AgentJsonContext.Default.ProcessRequest);
        return await SendAsync(message, AgentJsonContext.Default.GuestProcessInfo, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The programs that were started in a VM and run, or ended lately.</summary>
    public async Task<IReadOnlyList<GuestProcessInfo>> ListProcessesAsync(string name, CancellationToken cancellationToken) =>
        (await GetAsync(RequestPath.OfVm(name, Processes), AgentJsonContext.Default.GuestProcessList, TimeSpan.Zero, cancellationToken).ConfigureAwait(false)).Processes;

    /// <summary>One program of a VM.</summary>
    public Task<GuestProcessInfo> GetProcessAsync(string name, string id, CancellationToken cancellationToken) =>
        GetAsync(ProcessPath(name, id), AgentJsonContext.Default.GuestProcessInfo, TimeSpan.Zero, cancellationToken);

    /// <summary>Kills a program of a VM with all that stems from it, and forgets it.</summary>
    public Task DeleteProcessAsync(string name, string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, ProcessPath(name, id), null, cancellationToken);

    /// <summary>Sends a signal, by name or number, to a program's process group.</summary>
    public Task SignalProcessAsync(string name, string id, string signal, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, ProcessPath(name, id, "/signal"), JsonBody(new SignalRequest { Signal = signal }, AgentJsonContext.Default.SignalRequest), cancellationToken);

    /// <summary>Writes to a program's standard input, as fast as it reads; its end too, when asked to.</summary>
    public async Task WriteProcessInputAsync(string name, string id, Stream input, bool close, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        using HttpRequestMessage message = Request(HttpMethod.Post, ProcessPath(name, id, "/stdin").With("close", close ? "true" : null));
        message.Content = new StreamContent(input);
        using HttpResponseMessage response = await SendAsync(message, cancellationToken, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a program has written, from two offsets on, and what it writes, until its end, which comes last.</summary>
    public IAsyncEnumerable<ProgramEvent> ReadProcessAsync(string name, string id, long stdoutOffset, long stderrOffset, CancellationToken cancellationToken) => ReadProgramAsync(
        () => Request(HttpMethod.Get, ProcessPath(name, id, "/output").With("stream", "true").With("stdout_offset", stdoutOffset).With("stderr_offset", stderrOffset)),
        cancellationToken);

    /// <summary>Takes the terminal of a program that was started with one; one caller at a time may have it.</summary>
    /// <param name="name">The VM.</param>
    /// <param name="id">The program.</param>
    /// <param name="hangUp">Whether the program ends with the terminal.</param>
    /// <param name="cancellationToken">Ends the attempt, not the terminal.</param>
    public async Task<ViperTerminal> OpenTerminalAsync(string name, string id, bool hangUp, CancellationToken cancellationToken)
    {
        (ViperRawSocket raw, WebSocket socket) = await OpenWebSocketAsync(
            ProcessPath(name, id, "/tty").With("hangup", hangUp ? "true" : null), cancellationToken).ConfigureAwait(false);
        return new ViperTerminal(raw, socket);
    }

    private static RequestPath ProcessPath(string name, string id, string below = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return RequestPath.OfVm(name, $"{Processes}/{Uri.EscapeDataString(id)}{below}");
    }

    private static ByteArrayContent JsonBody<T>(T value, JsonTypeInfo<T> type)
    {
        ByteArrayContent body = new(JsonSerializer.SerializeToUtf8Bytes(value, type));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return body;
    }

    private async Task SendAsync(HttpMethod method, RequestPath path, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(method, path);
        request.Content = content;
        using CancellationTokenSource deadline = Deadline(TimeSpan.Zero, cancellationToken);
        using HttpResponseMessage response = await SendAsync(request, deadline.Token, cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<ProgramEvent> ReadProgramAsync(Func<HttpRequestMessage> make, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ServerSentEvent item in ReadEventsAsync(make, cancellationToken).ConfigureAwait(false))
        {
            if (item.Type == "exit")
            {
                yield return new ProgramEvent { Exit = ReadEvent(item, AgentJsonContext.Default.ProcessExit) };
                yield break;
            }

            if (item.Type is "stdout" or "stderr")
            {
                ProcessOutputPart part = ReadEvent(item, AgentJsonContext.Default.ProcessOutputPart);
                yield return new ProgramEvent { Output = Bytes(part), IsError = item.Type == "stderr", LostBytes = part.LostBytes };
            }
        }

        throw new ViperUnreachableException(Address, "the program's output broke off before its end", null);
    }

    private async IAsyncEnumerable<ServerSentEvent> ReadEventsAsync(Func<HttpRequestMessage> make, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = make();
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        using HttpResponseMessage response = await SendAsync(request, cancellationToken, cancellationToken).ConfigureAwait(false);
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            ServerSentEventReader reader = new();
            byte[] buffer = new byte[64 * 1024];
            List<ServerSentEvent> events = [];
            int count;
            while ((count = await ReadSomeAsync(body, buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                reader.Append(buffer.AsSpan(0, count), events);
                foreach (ServerSentEvent item in events)
                {
                    yield return item;
                }

                events.Clear();
            }
        }
    }

    // Zero at the end, however the connection came to it.
    private static async Task<int> ReadSomeAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            return 0;
        }
    }

    private T ReadEvent<T>(ServerSentEvent item, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(item.Data, type) ?? throw new JsonException("The data is null.");
        }
        catch (JsonException error)
        {
            throw new ViperUnreachableException(Address, $"the agent sent an event that is not usable: {error.Message}", error);
        }
    }

    private byte[] Bytes(ProcessOutputPart part)
    {
        try
        {
            return part.Encoding == OutputEncoding.Utf8 ? Encoding.UTF8.GetBytes(part.Data) : Convert.FromBase64String(part.Data);
        }
        catch (FormatException error)
        {
            throw new ViperUnreachableException(Address, "the agent sent output that is not Base64", error);
        }
    }
}

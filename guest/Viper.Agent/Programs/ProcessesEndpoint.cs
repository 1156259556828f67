using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Viper.Agent.Actions;
using Viper.Agent.Server;
using Viper.Contracts.Agent;

namespace Viper.Agent.Programs;

/// <summary><c>/processes</c>: programs that are started and left to run; their input, output, signals, terminals and ends.</summary>
internal sealed class ProcessesEndpoint(ProcessTable table, ProgramRequests requests, TerminalSockets terminals) : IStreamedEndpoint
{
    private const string All = "/processes";
    private const int MaxBody = 4 * 1024 * 1024;
    private const int FeedSize = 64 * 1024;

    public bool Owns(ReadOnlySpan<char> path) => path is All || path.StartsWith(All + "/", StringComparison.Ordinal);

    public Task<AgentResponse?> AnswerAsync(StreamedRequest request)
    {
        if (request.Path == All)
        {
            return request.Method switch
            {
                "GET" => Done(Answer(200, List(), AgentJsonContext.Default.GuestProcessList)),
                "POST" => StartAsync(request),
                _ => Done(Problem.MethodNotAllowed(request.Path, request.Method, "GET, POST")),
            };
        }

        var rest = request.Path[(All.Length + 1)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var id = slash < 0 ? rest : rest[..slash];
        return (slash < 0 ? string.Empty : rest[slash..], request.Method) switch
        {
            ("", "GET") => Done(Answer(200, Describe(id, table.Find(id)), AgentJsonContext.Default.GuestProcessInfo)),
            ("", "DELETE") => RemoveAsync(id),
            ("", _) => Refuse(request, "GET, DELETE"),
            ("/signal", "POST") => SignalAsync(request, id),
            ("/resize", "POST") => ResizeAsync(request, id),
            ("/stdin", "POST") => FeedAsync(request, id),
            ("/signal" or "/resize" or "/stdin", _) => Refuse(request, "POST"),
            ("/output", "GET") => Done(Output(request, id)),
            ("/output", _) => Refuse(request, "GET"),
            ("/tty", _) => terminals.AnswerAsync(request, table.Find(id)),
            _ => Done(Problem.NotFound(request.Path)),
        };
    }

    private async Task<AgentResponse?> StartAsync(StreamedRequest request)
    {
        var body = Fields.ReadBody(await request.ReadBodyAsync(MaxBody), AgentJsonContext.Default.ProcessRequest);
        var id = table.StartNamed(requests.Read(body));
        return Answer(201, Describe(id, table.Find(id)), AgentJsonContext.Default.GuestProcessInfo) with { Header = $"Location: {All}/{id}" };
    }

    private async Task<AgentResponse?> RemoveAsync(string id)
    {
        await table.RemoveAsync(id);
        return new AgentResponse(204, "application/json", default);
    }

    private async Task<AgentResponse?> SignalAsync(StreamedRequest request, string id)
    {
        var body = Fields.ReadBody(await request.ReadBodyAsync(MaxBody), AgentJsonContext.Default.SignalRequest);
        var signal = SignalNames.Parse(body.Signal ?? "TERM")
            ?? throw new FieldException("signal", "format", $"'{body.Signal}' is neither the name of a signal nor a number from 1 to 64.");
        return table.Find(id).Signal(signal) ? new AgentResponse(204, "application/json", default) : throw Ended(id);
    }

    private async Task<AgentResponse?> ResizeAsync(StreamedRequest request, string id)
    {
        var body = Fields.ReadBody(await request.ReadBodyAsync(MaxBody), AgentJsonContext.Default.TerminalSize);
        var process = table.Find(id);
        if (process.Command.Terminal is null)
        {
            throw TerminalSockets.None(id);
        }

        return process.Resize(ProgramRequests.Size("cols", body.Cols), ProgramRequests.Size("rows", body.Rows))
            ? new AgentResponse(204, "application/json", default)
            : throw Ended(id);
    }

    /// <summary>Passes a body on to a program as the program reads it.</summary>
    private async Task<AgentResponse?> FeedAsync(StreamedRequest request, string id)
    {
        var process = table.Find(id);
        var closes = request.Query.Flag("close");
        if (closes && process.Command.Terminal is not null)
        {
            throw new ActionException(409, "terminal", "A terminal's input has no end; send the byte 4 (Ctrl-D).");
        }

        var buffer = new byte[FeedSize];
        int count;
        while ((count = await request.Body.ReadAsync(buffer, request.Stopping)) > 0)
        {
            if (!await process.Input!.WriteAsync(buffer.AsMemory(0, count), request.Stopping))
            {
                throw new ActionException(409, "stdin_closed", $"Process '{id}' does not read its input any more, or has ended.");
            }
        }

        if (closes)
        {
            await process.Input!.CloseAsync(request.Stopping);
        }

        return new AgentResponse(204, "application/json", default);
    }

    private AgentResponse Output(StreamedRequest request, string id)
    {
        var process = table.Find(id);
        var stdout = request.Query.Number("stdout_offset", 0, 0, long.MaxValue);
        var stderr = request.Query.Number("stderr_offset", 0, 0, long.MaxValue);
        if (request.WantsEvents)
        {
            return new AgentResponse(200, EventStream.MediaType, default)
            {
                Header = "X-Accel-Buffering: no",
                Content = new OutputEvents(process, owns: false, stdout, stderr),
            };
        }

        var most = (int)request.Query.Number("limit", OutputPieces.MaxPiece, 4, 256 * 1024);
        var isOver = process.Exited.IsCompleted;
        var output = new ProcessOutput
        {
            Stdout = OutputPieces.Read(process.Stdout, stdout, most, isOver),
            Stderr = OutputPieces.Read(process.Stderr, stderr, most, isOver),
            Exit = isOver ? process.Exited.Result.ToContract() : null,
        };
        return Answer(200, output, AgentJsonContext.Default.ProcessOutput);
    }

    private GuestProcessList List() => new() { Processes = [.. table.List().Select(static item => Describe(item.Id, item.Process))] };

    private static GuestProcessInfo Describe(string id, GuestProcess process) => new()
    {
        Id = id,
        Pid = process.Pid,
        Command = process.Command.Command,
        Args = process.Command.Arguments,
        Cwd = process.Command.WorkingDirectory,
        Tty = process.Command.Terminal is not null,
        StartedAt = process.StartedAt,
        StdoutBytes = process.Stdout.Total,
        StderrBytes = process.Stderr.Total,
        Exit = process.Exited.IsCompleted ? process.Exited.Result.ToContract() : null,
    };

    private static ActionException Ended(string id) => new(409, "process_ended", $"Process '{id}' has ended.");

    private static AgentResponse Answer<T>(int status, T value, JsonTypeInfo<T> type) =>
        new(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(value, type));

    private static Task<AgentResponse?> Done(AgentResponse response) => Task.FromResult<AgentResponse?>(response);

    private static Task<AgentResponse?> Refuse(StreamedRequest request, string allowed) =>
        Done(Problem.MethodNotAllowed(request.Path, request.Method, allowed));
}

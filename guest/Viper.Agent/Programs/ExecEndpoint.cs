using System.Text.Json;
using Viper.Agent.Actions;
using Viper.Agent.Http;
using Viper.Agent.Server;
using Viper.Contracts.Agent;

namespace Viper.Agent.Programs;

/// <summary><c>POST /exec</c>: runs a program to its end, and tells of it then, or as it goes.</summary>
internal sealed class ExecEndpoint(ProcessTable table, ProgramRequests requests) : IStreamedEndpoint
{
    public bool Owns(ReadOnlySpan<char> path) => path is "/exec";

    public async Task<AgentResponse?> AnswerAsync(StreamedRequest request)
    {
        if (request.Method != "POST")
        {
            return Problem.MethodNotAllowed(request.Path, request.Method, "POST");
        }

        var body = Fields.ReadBody(await request.ReadBodyAsync(HttpLimits.BodyBytes), AgentJsonContext.Default.ExecRequest);
        var streams = request.WantsEvents;
        var command = requests.Read(body, streams);
        var input = Input(body.StdinBase64);
        var process = table.Start(command);

        // What the program does not read is nobody's loss: it ends with the program.
        _ = FeedAsync(process, input);
        return streams
            ? new AgentResponse(200, EventStream.MediaType, default) { Header = "X-Accel-Buffering: no", Content = new OutputEvents(process, owns: true) }
            : await WaitAsync(request, process);
    }

    private static async Task<AgentResponse> WaitAsync(StreamedRequest request, GuestProcess process)
    {
        await using var watch = request.WatchPeer();
        try
        {
            await process.Exited.WaitAsync(watch.Gone);
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for it any more, so it is not to go on.
            process.Abandon();
            await process.Exited;
            throw;
        }

        var result = Result(process, (await process.Exited).ToContract());
        return new AgentResponse(200, "application/json", JsonSerializer.SerializeToUtf8Bytes(result, AgentJsonContext.Default.ExecResult));
    }

    private static ExecResult Result(GuestProcess process, ProcessExit exit)
    {
        var (stdout, stderr) = (Bytes(process.Stdout), Bytes(process.Stderr));
        var (output, encoding) = OutputPieces.Encode(stdout);
        var (errors, other) = OutputPieces.Encode(stderr);
        if (encoding != other)
        {
            (encoding, output, errors) = (OutputEncoding.Base64, Convert.ToBase64String(stdout), Convert.ToBase64String(stderr));
        }

        return new ExecResult
        {
            ExitCode = exit.ExitCode,
            Signal = exit.Signal,
            Stdout = output,
            Stderr = errors,
            Encoding = encoding,
            Truncated = process.Stdout.IsTruncated || process.Stderr.IsTruncated,
            TimedOut = exit.TimedOut,
            DurationMs = exit.DurationMs,
        };
    }

    private static byte[] Bytes(OutputLog log)
    {
        var bytes = new byte[(int)Math.Min(log.Total, log.Capacity)];
        log.Read(0, bytes, out _);

        // An output that was cut off within a character is still text.
        return log.IsTruncated ? bytes[..OutputPieces.WholeCharacters(bytes)] : bytes;
    }

    private static async Task FeedAsync(GuestProcess process, byte[] input)
    {
        if (process.Input is { } feed)
        {
            await feed.WriteAsync(input, CancellationToken.None);
            await feed.CloseAsync(CancellationToken.None);
        }
    }

    private static byte[] Input(string? base64)
    {
        try
        {
            return Convert.FromBase64String(base64 ?? string.Empty);
        }
        catch (FormatException)
        {
            throw new FieldException("stdin_base64", "format", "stdin_base64 is not Base64.");
        }
    }
}

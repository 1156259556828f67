using System.Net.Sockets;
using System.Text.Json;
using Viper.Contracts;
using Viper.Daemon.Endpoints;
using Viper.Orchestration;

namespace Viper.Daemon.Relay;

/// <summary>A WebSocket connection to an agent, its handshake done.</summary>
internal sealed class AgentSocket : IDisposable
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_answerTimeout = TimeSpan.FromSeconds(30);

    private const int MaxRefusal = 64 * 1024;

    private volatile bool _isDisposed;

    private AgentSocket(PolledSocket socket, string? protocol, ReadOnlyMemory<byte> first)
    {
        Socket = socket;
        Protocol = protocol;
        First = first;
    }

    internal PolledSocket Socket { get; }

    /// <summary>The subprotocol that the agent chose.</summary>
    internal string? Protocol { get; }

    /// <summary>What came right behind the handshake.</summary>
    internal ReadOnlyMemory<byte> First { get; }

    /// <summary>Connects and shakes hands, or throws what the caller is to be told.</summary>
    internal static async Task<AgentSocket> OpenAsync(string vm, AgentAddress agent, SocketRequest request, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        PolledSocket? socket = null;
        try
        {
            deadline.CancelAfter(s_connectTimeout);
            socket = await PolledSocket.ConnectAsync(agent.EndPoint, deadline.Token);
            deadline.CancelAfter(s_answerTimeout);
            await socket.SendAllAsync(request.ToAgent(agent), deadline.Token);
            return await FinishAsync(vm, socket, request, deadline.Token);
        }
        catch (Exception error)
        {
            socket?.Dispose();
            throw error switch
            {
                SocketException or IOException => new ProblemException(AgentProblem.Unreachable(vm, error.Message)),
                OperationCanceledException when !cancellationToken.IsCancellationRequested => new ProblemException(AgentProblem.Unreachable(vm, "no answer in time")),
                _ => error,
            };
        }
    }

    /// <summary>Whether the agent may still have something to say.</summary>
    internal bool IsOpen => !_isDisposed;

    public void Dispose()
    {
        _isDisposed = true;
        Socket.Dispose();
    }

    private static async Task<AgentSocket> FinishAsync(string vm, PolledSocket socket, SocketRequest request, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[AgentResponseHead.MaxBytes];
        int have = 0;
        int end;
        while ((end = AgentResponseHead.EndOf(buffer.AsSpan(0, have))) < 0)
        {
            int read = have < buffer.Length ? await socket.ReceiveAsync(buffer.AsMemory(have), cancellationToken) : 0;
            if (read == 0)
            {
                throw new ProblemException(AgentProblem.Unreachable(vm, "its answer to the WebSocket handshake broke off"));
            }

            have += read;
        }

        if (AgentResponseHead.Parse(buffer.AsSpan(0, end)) is not { } head)
        {
            throw new ProblemException(AgentProblem.Unreachable(vm, "its answer to the WebSocket handshake is not HTTP"));
        }

        if (head.Status != 101)
        {
            throw new ProblemException(await RefusalAsync(vm, socket, head, buffer.AsMemory(end, have - end), cancellationToken));
        }

        return head["Sec-WebSocket-Accept"] == request.Accept() && head["Sec-WebSocket-Extensions"] is null
            ? new AgentSocket(socket, head["Sec-WebSocket-Protocol"], buffer.AsMemory(end, have - end).ToArray())
            : throw new ProblemException(AgentProblem.Unreachable(vm, "its answer to the WebSocket handshake is not the one asked for"));
    }

    // The agent's own problem where it gave one; otherwise one that says what it did.
    private static async Task<Problem> RefusalAsync(string vm, PolledSocket socket, AgentResponseHead head, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Problem plain = head.Status == 404
            ? Problem.Create(404, ProblemCodes.NotFound, $"The agent in VM '{vm}' has nothing at this path.")
            : AgentProblem.Unreachable(vm, $"it refused the WebSocket with status {head.Status}");
        if (head.Status is 401 or < 400 || head["Content-Type"]?.StartsWith(Problem.MediaType, StringComparison.OrdinalIgnoreCase) != true ||
            !int.TryParse(head["Content-Length"], out int length) || length is < 0 or > MaxRefusal)
        {
            return plain;
        }

        byte[] whole = new byte[length];
        int have = Math.Min(length, body.Length);
        body[..have].CopyTo(whole);
        while (have < length)
        {
            int read = await socket.ReceiveAsync(whole.AsMemory(have), cancellationToken);
            if (read == 0)
            {
                return plain;
            }

            have += read;
        }

        try
        {
            Problem? given = JsonSerializer.Deserialize(whole, ViperJson.Default.Problem);
            return given is null ? plain : given with { Status = head.Status, Instance = null, TraceId = null };
        }
        catch (JsonException)
        {
            return plain;
        }
    }
}

using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Viper.TestKit.Hypervisor;

/// <summary>A Cloud Hypervisor without machines: it speaks the real protocol over a unix socket and plays a small guest.</summary>
/// <remarks>
/// The guest prints two lines at boot, echoes what is typed, powers off on q and on the power button. Runs in a test, or as a
/// program of its own (<see cref="StandInProgram"/>). Thread-safe.
/// </remarks>
public sealed class StandInVmm : IAsyncDisposable
{
    private const int BodyLimit = 51_200;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly StandInState _state = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentBag<IDisposable> _open = [];
    private readonly (string Operation, StandInFaultKind Kind) _fault;
    private Socket? _serialListener;
    private Socket? _serial;

    /// <summary>Listens on a socket, which it takes over if a dead one is there.</summary>
    public StandInVmm(string socketPath, string faultOperation = "", StandInFaultKind fault = StandInFaultKind.None)
    {
        _fault = (faultOperation, fault);
        File.Delete(socketPath);
        _listener.Bind(new UnixDomainSocketEndPoint(socketPath));
        _listener.Listen(16);
        _ = AcceptAsync();
    }

    /// <summary>The exit code, once the program would have ended.</summary>
    public Task<int> Ended => _ended.Task;

    /// <summary>The requests so far, as "PUT vm.boot".</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public ValueTask DisposeAsync()
    {
        End(0);
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptAsync();
                _open.Add(socket);
                _ = ServeAsync(new NetworkStream(socket, ownsSocket: true));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Ended.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        try
        {
            using (stream)
            {
                while (await StandInRequest.ReadAsync(stream) is { } request && await HandleAsync(stream, request))
                {
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client went away, or this ended.
        }
    }

    private async Task<bool> HandleAsync(NetworkStream stream, StandInRequest request)
    {
        const string Root = "/api/v1/";
        string operation = request.Target.StartsWith(Root, StringComparison.Ordinal) ? request.Target[Root.Length..] : "";
        Requests.Enqueue($"{request.Method} {operation}");
        if (operation == _fault.Operation && _fault.Kind is not (StandInFaultKind.None or StandInFaultKind.Ignore))
        {
            return await FailAsync(stream);
        }

        if (request.Chunked || request.Body.Length > BodyLimit)
        {
            await AnswerAsync(stream, 400, """["Invalid request."]""");
            return false;
        }

        await _turn.WaitAsync();
        try
        {
            (int status, string? body) = _state.Answer(request.Method, operation, request.Body);
            PrepareGuest(operation, status);
            await AnswerAsync(stream, status, body);
            await ActAsync(operation, status);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<bool> FailAsync(NetworkStream stream)
    {
        switch (_fault.Kind)
        {
            case StandInFaultKind.Cut:
                await stream.WriteAsync("HTTP/1.1 200 \r\nContent-Length: 100\r\n\r\n{"u8.ToArray());
                return false;
            case StandInFaultKind.Garbage:
                await stream.WriteAsync("220 this is a mail server\r\n\r\n"u8.ToArray());
                return false;
            case StandInFaultKind.NotJson:
                await AnswerAsync(stream, 200, "not JSON");
                return true;
            case StandInFaultKind.Hang:
                await _ended.Task;
                return false;
            case StandInFaultKind.Panic:
                Console.Error.WriteLine("thread 'vmm' panicked at 'stand-in'");
                End(1);
                return false;
            case StandInFaultKind.Refuse:
                await AnswerAsync(stream, 500, """["Error from API","The outer cause","The inner cause"]""");
                return true;
            case StandInFaultKind.RefuseInvalidJson:
                await AnswerAsync(stream, 500, "{ \"error\": \"First line\nSecond line\" }");
                return true;
            case StandInFaultKind.RefuseSilently:
                await AnswerAsync(stream, 500, null);
                return true;
            default:
                return false;
        }
    }

    // The reason phrase is empty, and a 204 has neither type nor length.
    private static async Task AnswerAsync(NetworkStream stream, int status, string? body)
    {
        StringBuilder head = new($"HTTP/1.1 {status} \r\nServer: Cloud Hypervisor API\r\nConnection: keep-alive\r\n");
        if (body is not null)
        {
            head.Append($"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{head}\r\n{body}"));
    }

    private void PrepareGuest(string operation, int status)
    {
        if (operation == "vm.create" && status == 204 && _state.SerialSocket is { } path)
        {
            _serialListener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            File.Delete(path);
            _serialListener.Bind(new UnixDomainSocketEndPoint(path));
            _serialListener.Listen(4);
            _open.Add(_serialListener);
        }
    }

    private async Task ActAsync(string operation, int status)
    {
        switch (operation)
        {
            case "vmm.shutdown" when status == 200:
                End(0);
                break;
            case "vm.boot" when status == 204 && _serialListener is not null:
                _serial = await _serialListener.AcceptAsync();
                _open.Add(_serial);
                await PrintAsync("guest: up\nguest: ready\n");
                _ = PlayAsync(_serial);
                break;
            case "vm.power-button" when status == 204 && _fault.Kind != StandInFaultKind.Ignore:
                await PrintAsync("guest: power button\n");
                End(0);
                break;
            default:
                break;
        }
    }

    private async Task PlayAsync(Socket serial)
    {
        byte[] one = new byte[1];
        try
        {
            while (await serial.ReceiveAsync(one) == 1)
            {
                if (one[0] == (byte)'q')
                {
                    await PrintAsync("guest: off\n");
                    End(0);
                    return;
                }

                await PrintAsync($"guest: echo {(char)one[0]}\n");
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Ended.
        }
    }

    private async Task PrintAsync(string text)
    {
        if (_serial is not null)
        {
            await _serial.SendAsync(Encoding.UTF8.GetBytes(text));
        }
    }

    private void End(int code)
    {
        if (_ended.TrySetResult(code))
        {
            _listener.Dispose();
            foreach (IDisposable open in _open)
            {
                open.Dispose();
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Viper.TestKit.Hypervisor.StandIn;

namespace Viper.TestKit.Hypervisor;

/// <summary>A Cloud Hypervisor without virtual machines: it speaks the real protocol over a unix socket and plays a small guest.</summary>
/// <remarks>
/// The guest prints two lines at boot, echoes what is typed, powers off on q and on the power button, and resets on r. It is a
/// state machine and holds no recording. Runs in a test, or as a program of its own (<see cref="StandInProgram"/>). Thread-safe.
/// </remarks>
public sealed class StandInVmm : IAsyncDisposable
{
    /// <summary>The first cause of an error that is the stand-in's own fault: something that it was not made for.</summary>
    public const string OwnFault = "Fault of the stand-in";

    private const int ConnectionLimit = 10;

    private readonly Socket? _listener;
    private readonly Vmm _vmm;
    private readonly StandInFaults _faults;
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<Socket, bool> _connections = new();
    private readonly bool _waitsInTheKernel;
    private int _isOver;

    /// <summary>Listens on a socket, which it takes over if a dead one is there.</summary>
    public StandInVmm(string socketPath, string faultOperation = "", StandInFaultKind fault = StandInFaultKind.None)
        : this(new StandInOptions
        {
            ApiSocketPath = socketPath,
            Faults = fault == StandInFaultKind.None ? [] : [new StandInFault(faultOperation, fault)],
        })
    {
    }

    /// <summary>Runs as the options say.</summary>
    public StandInVmm(StandInOptions options)
    {
        _faults = new StandInFaults(options.Faults);
        Complaints = options.Complaints;
        _waitsInTheKernel = options.WaitsInTheKernel;
        _listener = options.ApiListener ?? Listen(options.ApiSocketPath);
        Action die = options.Die ?? (() => End(137));
        Die = die;
        _vmm = new Vmm(options, End);
        if (_listener is not null)
        {
            _ = AcceptAsync(_listener);
        }
    }

    /// <summary>The exit code, once the program would have ended.</summary>
    public Task<int> Ended => _ended.Task;

    /// <summary>The requests so far, as "PUT vm.boot".</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Whether a migration is awaited; such a VMM ignores SIGTERM.</summary>
    public bool IsReceiving => _vmm.IsReceiving;

    /// <summary>Ends when a migration is awaited for the first time; cancelled if none is before the end.</summary>
    public Task Receiving => _vmm.Receiving;

    internal Vmm Machine => _vmm;

    internal StandInFaults Faults => _faults;

    internal Action Die { get; }

    internal TextWriter Complaints { get; }

    public ValueTask DisposeAsync()
    {
        End(0);
        return ValueTask.CompletedTask;
    }

    internal void End(int code)
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
        {
            return;
        }

        _listener?.Dispose();
        foreach (Socket socket in _connections.Keys)
        {
            socket.Dispose();
        }

        _vmm.Dispose();
        _ended.TrySetResult(code);
    }

    private static Socket? Listen(string? path)
    {
        if (path is null)
        {
            return null;
        }

        File.Delete(path);
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        // Whoever sees it there can connect to it.
        string aside = path + ".new";
        File.Delete(aside);
        listener.Bind(new UnixDomainSocketEndPoint(aside));
        listener.Listen(16);
        File.Move(aside, path);
        return listener;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptAsync();
                if (_connections.Count >= ConnectionLimit)
                {
                    _ = RefuseAsync(socket);
                    continue;
                }

                _connections.TryAdd(socket, true);
                _ = _waitsInTheKernel
                    ? Task.Factory.StartNew(() => ServeAsync(socket), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                    : ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Ended.
        }
    }

    private static async Task RefuseAsync(Socket socket)
    {
        using DescriptorSocket connection = new(socket, false);
        try
        {
            await connection.SendAsync(MicroHttpAnswer.ServerFull);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        List<SafeFileHandle> descriptors = [];
        try
        {
            await new StandInConnection(this, new DescriptorSocket(socket, _waitsInTheKernel), descriptors).ServeAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went away, or this ended.
        }
        finally
        {
            _connections.TryRemove(socket, out _);
            socket.Dispose();
            descriptors.ForEach(descriptor => descriptor.Dispose());
        }
    }
}

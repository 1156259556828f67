using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The guest's serial port: a socket with one viewer at a time, a terminal, a file, the program's output, or nothing.</summary>
/// <remarks>Thread-safe. What is printed before the first viewer comes is kept for it, up to 64 KiB.</remarks>
internal sealed class SerialPort : IDisposable
{
    private const int KeptLimit = 64 << 10;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly MemoryStream _kept = new();
    private readonly List<IDisposable> _terminals = [];
    private readonly Func<byte, Task> _typed;
    private readonly string _mode;
    private readonly string? _file;
    private readonly Socket? _listener;
    private readonly string? _socketPath;
    private Socket? _viewer;
    private bool _isDisposed;

    private SerialPort(JsonObject config, Func<byte, Task> typed)
    {
        _typed = typed;
        JsonObject serial = config["serial"]!.AsObject();
        _mode = serial.Text("mode")!;
        if (_mode == "File")
        {
            _file = serial.Text("file");
            File.WriteAllText(_file!, "");
        }
        else if (_mode == "Socket")
        {
            _socketPath = serial.Text("socket")!;
            File.Delete(_socketPath);
            _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            _listener.Bind(new UnixDomainSocketEndPoint(_socketPath));
            _listener.Listen(4);
            _ = AcceptAsync(_listener);
        }
    }

    /// <summary>Opens what the configuration names, and writes the paths of terminals into it.</summary>
    /// <exception cref="VmmPanicException">A file or socket is wanted and not named.</exception>
    /// <exception cref="ApiException">It cannot be opened.</exception>
    public static SerialPort Open(JsonObject config, Func<byte, Task> typed)
    {
        RequirePaths(config);
        List<IDisposable> terminals = [];
        try
        {
            foreach (JsonObject device in ((string[])["console", "serial"]).Select(part => config[part]!.AsObject()))
            {
                if (device.Text("mode") == "Pty")
                {
                    PseudoTerminal terminal = new();
                    terminals.Add(terminal);
                    device.Remove("file");
                    device.Insert(0, "file", terminal.Path);
                }
            }

            SerialPort port = new(config, typed);
            port._terminals.AddRange(terminals);
            return port;
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException or ArgumentException)
        {
            terminals.ForEach(terminal => terminal.Dispose());
            throw new ApiException("Error creating console devices", e.Message);
        }
    }

    /// <summary>Fails as the VMM does when a configuration names no file or no socket where its mode needs one.</summary>
    public static void RequirePaths(JsonObject config)
    {
        foreach (JsonObject device in ((string[])["console", "serial"]).Select(part => config[part]!.AsObject()))
        {
            string mode = device.Text("mode")!;
            if ((mode == "File" && device.Text("file") is null) || (mode == "Socket" && device.Text("socket") is null))
            {
                throw new VmmPanicException("called `Option::unwrap()` on a `None` value");
            }
        }
    }

    /// <summary>Prints.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await _writing.WaitAsync();
        try
        {
            if (_isDisposed)
            {
                // A file that was removed meanwhile must not come back.
                return;
            }

            if (_mode == "File")
            {
                await File.AppendAllBytesAsync(_file!, bytes);
            }
            else if (_mode == "Socket" && _viewer is null && _kept.Length < KeptLimit)
            {
                _kept.Write(bytes.Span);
            }
            else if (_viewer is not null)
            {
                await _viewer.SendAsync(bytes);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // The viewer went away, or the file did: the guest does not notice.
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _writing.Wait();
        _isDisposed = true;
        _writing.Release();
        _listener?.Dispose();
        _viewer?.Dispose();
        _terminals.ForEach(terminal => terminal.Dispose());
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (!_isDisposed)
            {
                Socket viewer = await listener.AcceptAsync();
                await WelcomeAsync(viewer);
                _ = ReadAsync(viewer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task WelcomeAsync(Socket viewer)
    {
        await _writing.WaitAsync();
        try
        {
            _viewer?.Dispose();
            _viewer = viewer;
            await viewer.SendAsync(_kept.ToArray());
            _kept.SetLength(0);
        }
        catch (SocketException)
        {
            // Gone already.
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync(Socket viewer)
    {
        byte[] one = new byte[1];
        try
        {
            while (await viewer.ReceiveAsync(one) == 1)
            {
                await _typed(one[0]);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed.
        }

        Interlocked.CompareExchange(ref _viewer, null, viewer);
        viewer.Dispose();
    }
}

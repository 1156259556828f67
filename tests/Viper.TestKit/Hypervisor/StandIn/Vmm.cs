using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The VMM behind the API: at most one machine, its guest and its serial port.</summary>
/// <remarks>Thread-safe: it does one thing at a time, as the VMM's one thread does.</remarks>
internal sealed partial class Vmm : IDisposable
{
    private readonly StandInOptions _options;
    private readonly HostTraits _host;
    private readonly EventMonitor _events;
    private readonly Action<int> _end;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private readonly List<SafeFileHandle> _descriptors = [];
    private readonly Dictionary<string, Route> _routes;
    private VirtualMachine? _machine;
    private SerialPort? _port;
    private TinyGuest? _guest;

    public Vmm(StandInOptions options, Action<int> end)
    {
        (_options, _end) = (options, end);
        _host = new HostTraits { RefusesNestedState = options.RefusesSnapshot, VhostUserWait = options.VhostUserWait };
        _events = new EventMonitor(options.Events);
        _routes = MakeRoutes();
        _events.Write("vmm", "starting");
    }

    /// <summary>Whether a migration is awaited; such a VMM ignores SIGTERM.</summary>
    public bool IsReceiving { get; private set; }

    /// <summary>Answers a request.</summary>
    public async Task<VmmOutcome> AnswerAsync(MicroHttpRequest request, List<SafeFileHandle> descriptors)
    {
        if (request.Operation is not { } operation || !_routes.TryGetValue(operation, out Route? route))
        {
            return new VmmOutcome(MicroHttpAnswer.NotFound);
        }

        bool hasBody = request.Body is not null;
        if (operation == "vm.create" && request.Method == "PUT" && !hasBody)
        {
            return new VmmOutcome(new MicroHttpAnswer(400, ""));
        }

        bool isWrongBody = !route.IsQuery && hasBody != route.Body is not null;
        if (request.Method != (route.IsQuery ? "GET" : "PUT") || isWrongBody)
        {
            return new VmmOutcome(MicroHttpAnswer.BadRequest);
        }

        JsonObject body = [];
        try
        {
            body = route.Body?.ReadAll(request.Body)?.AsObject() ?? body;
        }
        catch (SerdeException e)
        {
            return new VmmOutcome(Error(400, "Failed to deserialize JSON", e.Message));
        }

        return await RunAsync(operation, route, body, descriptors);
    }

    /// <summary>Makes and boots the machine of a command line.</summary>
    /// <exception cref="ApiException">It cannot be booted.</exception>
    public async Task StartAsync(JsonObject config)
    {
        await _turn.WaitAsync(_ending.Token);
        try
        {
            Create(config);
            await BootAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Restores the snapshot of a command line.</summary>
    /// <exception cref="ApiException">It cannot be restored.</exception>
    public async Task RestoreAsync(string url, bool isResumed)
    {
        await _turn.WaitAsync(_ending.Token);
        try
        {
            RestoreCore(url, isResumed);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _ending.Cancel();
        _port?.Dispose();
        _events.Dispose();
        lock (_descriptors)
        {
            _descriptors.ForEach(descriptor => descriptor.Dispose());
            _descriptors.Clear();
        }
    }

    private static MicroHttpAnswer Error(int status, params IEnumerable<string> causes) =>
        new(status, new JsonArray([.. causes.Select(cause => JsonValue.Create(cause))]).ToJsonString(s_plain));

    private async Task<VmmOutcome> RunAsync(string operation, Route route, JsonObject body, List<SafeFileHandle> descriptors)
    {
        await _turn.WaitAsync(_ending.Token);
        try
        {
            JsonObject? answer = await route.Handle(body, descriptors);
            return operation == "vmm.shutdown"
                ? new VmmOutcome(new MicroHttpAnswer(200, ""), 0)
                : new VmmOutcome(answer is null ? MicroHttpAnswer.NoContent : new MicroHttpAnswer(200, answer.ToJsonString(s_plain)));
        }
        catch (ApiException e)
        {
            bool isMissing = e.Causes[^1] is "VM is not created" or "VM config is missing";
            return new VmmOutcome(Error(isMissing ? 404 : 500, ["Error from API", route.Failure, .. e.Causes]));
        }
        catch (PendingRemovalException)
        {
            return new VmmOutcome(MicroHttpAnswer.TooManyRequests);
        }
        catch (VmmPanicException e)
        {
            // What is left of the program answers for the thread that is gone.
            await _options.Complaints.WriteLineAsync($"thread 'vmm' panicked at 'stand-in': {e.Message}");
            return new VmmOutcome(Error(500, "Error from API", "API response receive error", "receiving on a closed channel"), 1);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A fault of the stand-in itself, for tests to find.
            return new VmmOutcome(Error(500, StandInVmm.OwnFault, e.ToString()));
        }
        finally
        {
            _turn.Release();
        }
    }

    private static readonly System.Text.Json.JsonSerializerOptions s_plain = new(System.Text.Json.JsonSerializerOptions.Default)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private VirtualMachine Created => _machine ?? throw ApiException.NotCreated;

    private VirtualMachine Booted => _machine is { IsBooted: true } machine ? machine : throw ApiException.NotRunning;
}

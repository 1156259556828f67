using System.Diagnostics.CodeAnalysis;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>The HTTP API of a running Cloud Hypervisor, over its unix socket; every operation of v53.</summary>
/// <remarks>
/// Thread-safe. Every request ends by an answer, by a <see cref="VmmApiException"/> for an answer that refuses, or by a
/// <see cref="VmmConnectionException"/> when there is no usable answer within its limit; both say whether the VMM survived.
/// Operations on a machine that is not there answer 404, on one that is not running 500.
/// Source: the program's OpenAPI description, v53.0, corrected by a recording of the program.
/// </remarks>
public sealed partial class CloudHypervisorClient : IAsyncDisposable
{
    /// <summary>How many connections the server takes from all its clients; it refuses the eleventh with status 503.</summary>
    public const int ConnectionLimit = 10;

    /// <summary>The longest body that the server takes, in bytes.</summary>
    public const int RequestBodyLimit = 51_200;

    private readonly string _socketPath;
    private readonly LastAnswer<VmmPing> _lastPing = new();
    private readonly LastAnswer<VmInfo> _lastInfo = new();

    /// <summary>Makes a client; nothing is connected before the first request.</summary>
    /// <param name="socketPath">The path of the API socket.</param>
    public CloudHypervisorClient(string socketPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(socketPath);
        _socketPath = socketPath;
        Connections = 4;
    }

    /// <summary>How many connections this client opens at most, 1 to 10; 4 unless set, which leaves some for others.</summary>
    public int Connections
    {
        get;
        [MemberNotNull(nameof(_slots))]
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ConnectionLimit);
            field = value;
            _slots = new SemaphoreSlim(value, value);
        }
    }

    /// <summary>How long requests may take, by kind.</summary>
    public VmmRequestLimits Limits { get; init; } = new();

    /// <summary>One limit for every request, in place of <see cref="Limits"/>; null unless set.</summary>
    public TimeSpan? RequestLimit
    {
        get;
        init
        {
            field = value;
            Limits = value is { } limit ? VmmRequestLimits.Same(limit) : Limits;
        }
    }

    /// <summary>Asks the VMM who it is (<c>vmm.ping</c>).</summary>
    public Task<VmmPing> PingAsync(CancellationToken cancellationToken = default) =>
        AskAsync(ApiOperation.Ping, CloudHypervisorJson.Default.VmmPing, _lastPing, cancellationToken);

    /// <summary>Ends the VMM (<c>vmm.shutdown</c>).</summary>
    public Task ShutdownVmmAsync(CancellationToken cancellationToken = default) => ActAsync(ApiOperation.ShutdownVmm, cancellationToken);

    /// <summary>Closes the idle connections; requests that are under way end by themselves.</summary>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        DropIdle();
        return ValueTask.CompletedTask;
    }
}

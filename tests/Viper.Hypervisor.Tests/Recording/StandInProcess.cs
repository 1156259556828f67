using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>A stand-in within this program, with a connection for setting it up.</summary>
public sealed class StandInProcess : IAsyncDisposable
{
    private readonly StandInVmm _vmm;
    private readonly RecordedPlaces _places;
    private readonly RawClient _client;

    public StandInProcess(RecordedPlaces places, StandInOptions options, string name = "api.sock")
    {
        _places = places;
        Socket = $"{places.Run}/{name}";
        _vmm = new StandInVmm(options with { ApiSocketPath = Socket });
        _client = new RawClient(Socket);
    }

    public string Socket { get; }

    public Task<int> Ended => _vmm.Ended;

    /// <summary>Ends when a migration is awaited for the first time; cancelled if none is before the end.</summary>
    public Task Receiving => _vmm.Receiving;

    /// <summary>Makes a request that must be accepted.</summary>
    public async Task<RawAnswer> DoAsync(string operation, string? body = null)
    {
        RawAnswer answer = await TryAsync("PUT", operation, body) ?? throw new InvalidOperationException($"{operation} was not answered.");
        return answer.Status is 200 or 204 ? answer : throw new InvalidOperationException($"{operation} was refused: {answer.Body}");
    }

    /// <summary>Makes a request; null when the connection was closed instead of an answer.</summary>
    public async Task<RawAnswer?> TryAsync(string method, string operation, string? body = null)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body is null ? "" : _places.Here(body));
        string head = $"{method} /api/v1/{operation} HTTP/1.1\r\nContent-Length: {bytes.Length}\r\n\r\n";
        await _client.SendAsync([.. Encoding.ASCII.GetBytes(head), .. bytes]);
        return await _client.ReadAsync();
    }

    /// <summary>Makes a recorded request once more.</summary>
    public async Task RepeatAsync(Exchange exchange)
    {
        (byte[] head, byte[] body) = RecordedRequest.Bytes(exchange, _places);
        if (exchange.PassesDescriptor)
        {
            using SafeFileHandle descriptor = File.OpenHandle("/dev/null");
            _client.SendWith([.. head, .. body], descriptor);
        }
        else
        {
            await _client.SendAsync([.. head, .. body]);
        }

        RawAnswer? answer = await _client.ReadAsync();
        if (answer?.Status != exchange.Status)
        {
            throw new InvalidOperationException($"{exchange} was answered with {answer}.");
        }
    }

    /// <summary>The state of the VM, as the recording names it.</summary>
    public async Task<string> StateAsync()
    {
        RawAnswer? info = await TryAsync("GET", "vm.info");
        return info is { Status: 200 } ? JsonNode.Parse(info.Body)!["state"]!.GetValue<string>().ToLowerInvariant() : "none";
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _vmm.DisposeAsync();
    }
}

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Reads the events of one VMM as they come and remembers what its end means.</summary>
internal sealed class EventWatch : IAsyncDisposable
{
    private readonly Stream _stream;
    private volatile bool _guestPanicked;

    /// <summary>Starts reading; the stream becomes its own.</summary>
    public EventWatch(Stream stream)
    {
        _stream = stream;
        Completion = ReadAsync();
    }

    /// <summary>Completes, never with an error, when the VMM has closed its end or writes what nobody can read.</summary>
    public Task Completion { get; }

    /// <summary>Whether the guest has reported a panic.</summary>
    public bool GuestPanicked => _guestPanicked;

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (VmmEvent next in VmmEvents.ReadAsync(_stream).ConfigureAwait(false))
            {
                _guestPanicked |= next.Kind == VmmEventKind.Panic;
            }
        }
        catch (Exception e) when (e is VmmConnectionException or ObjectDisposedException)
        {
            // Events explain an end; without them the exit status has to do.
        }
    }
}

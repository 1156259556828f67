using System.Text;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The guest of every machine: it prints two lines, echoes what is typed, and does what single letters tell it.</summary>
/// <remarks>q powers off, r resets, ! panics. A paused guest does nothing until it is resumed. Thread-safe.</remarks>
internal sealed class TinyGuest(Func<GuestAct, Task> act)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The port that it prints to.</summary>
    public SerialPort? Port { get; set; }

    /// <summary>Starts from the beginning.</summary>
    public void Boot()
    {
        Resume();
        _ = SayAsync("guest: up\nguest: ready\n");
    }

    public void Resume() => _running.TrySetResult();

    public void Stop()
    {
        if (_running.Task.IsCompleted)
        {
            _running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Takes a byte that was typed.</summary>
    public async Task TypeAsync(byte letter)
    {
        await _running.Task;
        switch ((char)letter)
        {
            case 'q':
                await SayAsync("guest: off\n");
                _ = act(GuestAct.PowerOff);
                break;
            case 'r':
                await SayAsync("guest: reset\n");
                _ = act(GuestAct.Reset);
                break;
            case '!':
                await SayAsync("guest: panic\n");
                _ = act(GuestAct.Panic);
                break;
            default:
                await SayAsync($"guest: echo {(char)letter}\n");
                break;
        }
    }

    /// <summary>The power button was pressed.</summary>
    public async Task PressAsync()
    {
        await _running.Task;
        await SayAsync("guest: power button\n");
        await act(GuestAct.PowerOff);
    }

    private async Task SayAsync(string text)
    {
        await _turn.WaitAsync();
        try
        {
            await (Port?.WriteAsync(Encoding.UTF8.GetBytes(text)) ?? Task.CompletedTask);
        }
        finally
        {
            _turn.Release();
        }
    }
}

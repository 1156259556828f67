using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Viper.Hypervisor.Qemu;

/// <summary>A reset that is wanted, on a machine that a guest's own reset ends.</summary>
/// <remarks>
/// -no-reboot turns every reset into the end, so the rule is lifted for a wanted one. On q35 that takes until the firmware is through:
/// SeaBIOS finds its memory as the last boot left it, restores it, and resets the machine once more itself, by several means one after
/// another (tryReboot in its src/resume.c). QEMU does the second of them after the first, on the next turn of its main loop; when the
/// firmware has begun meanwhile, it finds its memory used once more, and all begins anew. Nothing says which reset was the last.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore of whose wait handle nobody asks holds nothing to dispose of.")]
internal sealed class QemuReset(QemuMonitor monitor, bool firmwareResetsAgain)
{
    // The firmware takes some 40 ms of its vCPU's time to the next reset. On a host that is busy twenty times over it is still in time.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_firmwareLimit = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _latest;

    /// <summary>Resets, and lets a paused machine run; returns when the rule holds again, which on q35 takes a second longer.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Task settled;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SetActionAsync(monitor, "reset", cancellationToken).ConfigureAwait(false);
            Task<QmpMessage> firmware = monitor.Events.Expect(IsGuestReset);
            int number = Interlocked.Increment(ref _latest);
            try
            {
                await monitor.ExecuteAsync("system_reset", CancellationToken.None).ConfigureAwait(false);
                await monitor.ExecuteAsync("cont", CancellationToken.None).ConfigureAwait(false);
            }
            catch
            {
                monitor.Events.Forget(firmware);
                throw;
            }

            settled = firmwareResetsAgain ? SettleAsync(firmware, number) : RestoreAsync(firmware);
        }
        finally
        {
            _turn.Release();
        }

        try
        {
            await settled.WaitAsync(s_firmwareLimit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new VmmConnectionException(
                "system_reset", $"the firmware did not start the machine again within {s_firmwareLimit.TotalSeconds} s", e);
        }
    }

    /// <summary>Lays down what a reset by the guest does: <c>reset</c> or <c>shutdown</c>.</summary>
    public static Task<JsonElement> SetActionAsync(QemuMonitor monitor, string action, CancellationToken cancellationToken) =>
        monitor.ExecuteAsync("set-action", writer => writer.WriteString("reboot"u8, action), cancellationToken);

    private static bool IsGuestReset(QmpMessage message) => message.Name == "RESET" && QmpJson.IsTrue(message.Body, "guest");

    private async Task RestoreAsync(Task<QmpMessage> unneeded)
    {
        monitor.Events.Forget(unneeded);
        await SetActionAsync(monitor, "shutdown", CancellationToken.None).ConfigureAwait(false);
    }

    private async Task SettleAsync(Task<QmpMessage> firmware, int number)
    {
        try
        {
            await monitor.WaitAsync(firmware, "system_reset", CancellationToken.None).ConfigureAwait(false);
            while (true)
            {
                Task<QmpMessage> next = monitor.Events.Expect(IsGuestReset);
                if (await Task.WhenAny(next, monitor.Completion, Task.Delay(s_quiet)).ConfigureAwait(false) != next)
                {
                    monitor.Events.Forget(next);
                    break;
                }
            }

            if (Volatile.Read(ref _latest) == number)
            {
                await SetActionAsync(monitor, "shutdown", CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (HypervisorException)
        {
            // The machine ended meanwhile; there is nothing left to lay down.
        }
    }
}

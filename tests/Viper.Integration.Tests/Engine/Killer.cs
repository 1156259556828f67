using System.Diagnostics;
using System.Globalization;

namespace Viper.Integration.Tests.Engine;

/// <summary>Waits inside a process for its N-th call of one system function, on any one thread, and ends it right there by SIGKILL (strace(1)).</summary>
internal sealed class Killer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    // strace at times waits for ever for a thread of a dead process, which stays a zombie so long as it is traced.
    private static readonly TimeSpan s_order = TimeSpan.FromSeconds(5);

    private readonly Process _strace;

    private Killer(Process strace)
    {
        _strace = strace;
    }

    public static async Task<Killer> AttachAsync(int pid, string call, int occurrence)
    {
        string inject = string.Create(CultureInfo.InvariantCulture, $"inject={call}:signal=SIGKILL:when={occurrence}");
        string[] arguments = ["-f", "-o", "/dev/null", "-p", pid.ToString(CultureInfo.InvariantCulture), "-e", $"trace={call}", "-e", inject];
        ProcessStartInfo info = new("strace", arguments) { RedirectStandardError = true };
        Killer killer = new(Process.Start(info)!);
        string? line;
        while ((line = await killer._strace.StandardError.ReadLineAsync().WaitAsync(s_patience)) is not null)
        {
            if (line.Contains("attached", StringComparison.Ordinal))
            {
                return killer;
            }
        }

        throw new InvalidOperationException("strace could not attach.");
    }

    /// <summary>Lets the process go, if it lives.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_strace.HasExited)
        {
            // In order, so that it leaves the process running. It may have ended by itself just now.
            ProcessStartInfo info = new("kill", ["-TERM", _strace.Id.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true };
            using Process term = Process.Start(info)!;
            await term.WaitForExitAsync();
        }

        await _strace.WaitForExitAsync().WaitAsync(s_order).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_strace.HasExited)
        {
            _strace.Kill();
        }

        await _strace.WaitForExitAsync().WaitAsync(s_patience);
        _strace.Dispose();
    }
}

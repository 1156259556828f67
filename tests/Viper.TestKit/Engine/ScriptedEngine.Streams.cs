using System.Runtime.CompilerServices;
using System.Text.Json;
using Viper.Contracts;

namespace Viper.TestKit.Engine;

// What a caller waits for.
public sealed partial class ScriptedEngine
{
    /// <inheritdoc/>
    public Task<Vm> WaitReadyAsync(string name, TimeSpan timeout, CancellationToken cancellationToken) =>
        WaitAsync(name, timeout, ProblemCodes.StartTimeout, IsReady, cancellationToken);

    /// <inheritdoc/>
    public Task<Vm> WaitStoppedAsync(string name, TimeSpan timeout, CancellationToken cancellationToken) =>
        WaitAsync(name, timeout, ProblemCodes.StopTimeout, v => v.Now.Status is VmStatus.Stopped or VmStatus.Crashed, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<VmEvent> ReadEventsAsync(long? afterSeq, string? vm, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        long seen = afterSeq ?? GetStatus().LastSeq;
        if (Truncation(seen) is { } truncated)
        {
            yield return truncated;
        }

        while (true)
        {
            Task changed;
            VmEvent[] next;
            lock (_lock)
            {
                changed = _changed.Task;
                next = [.. _events.Where(e => e.Seq > seen && (vm is null || e.Vm.Name == vm))];
                seen = Math.Max(seen, _lastSeq);
            }

            foreach (VmEvent item in next)
            {
                yield return item;
            }

            await changed.WaitAsync(ended.Token);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadLogAsync(
        string name, string source, int tailLines, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ScriptedVm vm;
        int at;
        lock (_lock)
        {
            vm = Find(name);
            at = Math.Max(0, vm.Log(source).Count - tailLines);
        }

        while (true)
        {
            Task changed;
            string[] next;
            bool gone;
            lock (_lock)
            {
                changed = _changed.Task;
                List<string> log = vm.Log(source);
                next = [.. log.Skip(at)];
                at = log.Count;
                gone = !_vms.ContainsKey(name);
            }

            foreach (string line in next)
            {
                yield return line;
            }

            if (!follow || gone)
            {
                yield break;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private static bool IsReady(ScriptedVm vm)
    {
        if (vm.Now.Status is VmStatus.Crashed)
        {
            string code = vm.EndCode ?? ProblemCodes.StartFailed;
            throw Refused(code == ProblemCodes.StartTimeout ? 504 : 500, code, $"VM '{vm.Now.Name}' could not be started: {vm.Now.StatusReason}");
        }

        return vm.Now.Status is VmStatus.Stopping or VmStatus.Stopped
            ? throw Refused(409, ProblemCodes.VmNotRunning, $"VM '{vm.Now.Name}' is {vm.Now.Status}; start it first.")
            : vm.Now is { Status: VmStatus.Running, Phase: VmPhase.Ready };
    }

    private async Task<Vm> WaitAsync(string name, TimeSpan timeout, string late, Func<ScriptedVm, bool> isDone, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
                ScriptedVm vm = Find(name);
                if (isDone(vm))
                {
                    return vm.Now;
                }
            }

            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw Refused(504, late, $"VM '{name}' was not there within {timeout.TotalSeconds} s.");
            }
        }
    }

    private VmEvent? Truncation(long seen)
    {
        lock (_lock)
        {
            if (seen + 1 >= _firstSeq)
            {
                return null;
            }

            using JsonDocument data = JsonDocument.Parse($$"""{"first_seq":{{_firstSeq}}}""");
            return new VmEvent
            {
                Seq = _firstSeq - 1,
                Type = VmEventTypes.EventsTruncated,
                Time = DateTimeOffset.UtcNow,
                Vm = new VmEventSubject("", "", ""),
                Data = data.RootElement.Clone(),
            };
        }
    }
}

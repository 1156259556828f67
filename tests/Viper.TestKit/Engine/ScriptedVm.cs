using System.Diagnostics.CodeAnalysis;
using Viper.Contracts;
using Viper.Orchestration;

namespace Viper.TestKit.Engine;

/// <summary>One VM of a <see cref="ScriptedEngine"/>; guarded by the engine's lock.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A token source without a timer holds nothing to release.")]
internal sealed class ScriptedVm(Vm vm)
{
    private readonly Dictionary<string, List<string>> _logs = [];
    private CancellationTokenSource _run = new();
    private ScriptedSerial? _serial;

    internal Vm Now { get; private set; } = vm;

    internal CancellationToken RunEnd => _run.Token;

    /// <summary>The serial port of the present run.</summary>
    internal ScriptedSerial Serial => _serial ??= ScriptedSerial.Make();

    internal VmActivity Activity { get; } = new(TimeProvider.System);

    internal long TicketEpoch { get; private set; }

    internal CancellationTokenSource TicketsRevoked { get; private set; } = new();

    internal bool LastStopWasForced { get; set; }

    internal string? EndCode { get; set; }

    /// <summary>The operation that last began a run.</summary>
    internal string? Operation { get; set; }

    internal void Change(Func<Vm, Vm> change) => Now = change(Now) with { Revision = Now.Revision + 1 };

    internal List<string> Log(string source)
    {
        if (!_logs.TryGetValue(source, out List<string>? log))
        {
            _logs.Add(source, log = []);
        }

        return log;
    }

    internal CancellationTokenSource RevokeTickets()
    {
        CancellationTokenSource before = TicketsRevoked;
        TicketEpoch++;
        TicketsRevoked = new CancellationTokenSource();
        return before;
    }

    internal void BeginRun()
    {
        _run = new CancellationTokenSource();
        EndCode = null;
    }

    // Apart from the lock under which it is called: who waits for it may ask the engine at once.
    internal void EndRun()
    {
        _serial?.Guest.Dispose();
        _serial = null;
        _ = _run.CancelAsync();
    }
}

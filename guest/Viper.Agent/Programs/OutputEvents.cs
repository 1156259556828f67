using Viper.Agent.Server;
using Viper.Contracts.Agent;

namespace Viper.Agent.Programs;

/// <summary>A program's output and end as events: <c>stdout</c>, <c>stderr</c>, and <c>exit</c> as the last.</summary>
internal sealed class OutputEvents : ResponseContent
{
    private readonly GuestProcess _process;
    private readonly bool _owns;
    private long _stdout;
    private long _stderr;

    /// <summary>Tells of a program from two offsets on.</summary>
    /// <param name="process">The program.</param>
    /// <param name="owns">Whether nothing is to be missed, the program waits for its reader, and it ends with this answer.</param>
    /// <param name="stdout">Where to begin in its output.</param>
    /// <param name="stderr">Where to begin in its errors.</param>
    internal OutputEvents(GuestProcess process, bool owns, long stdout = 0, long stderr = 0)
    {
        _process = process;
        _owns = owns;
        _stdout = stdout;
        _stderr = stderr;
    }

    internal override async Task WriteAsync(ResponseBody body, CancellationToken gone)
    {
        var events = new EventStream(body);
        await events.GreetAsync(gone);
        while (true)
        {
            var change = _process.Changes.Next;
            var isOver = _process.Exited.IsCompleted;
            _stdout = await TellAsync(events, "stdout", _process.Stdout, _stdout, isOver, gone);
            _stderr = await TellAsync(events, "stderr", _process.Stderr, _stderr, isOver, gone);
            if (HasMore(_process.Stdout, _stdout, isOver) || HasMore(_process.Stderr, _stderr, isOver))
            {
                continue;
            }

            if (isOver)
            {
                var exit = await _process.Exited;
                await events.SendAsync("exit", exit.ToContract(), AgentJsonContext.Default.ProcessExit, gone);
                return;
            }

            await events.WaitAsync(change, gone);
        }
    }

    public override void Dispose()
    {
        if (_owns)
        {
            _process.Abandon();
        }
    }

    private static bool HasMore(OutputLog log, long offset, bool isOver) => log.Total - offset >= (isOver ? 1 : OutputPieces.MaxPiece);

    private async Task<long> TellAsync(EventStream events, string name, OutputLog log, long offset, bool isOver, CancellationToken gone)
    {
        var piece = OutputPieces.Read(log, offset, OutputPieces.MaxPiece, isOver);
        if (piece.NextOffset <= offset)
        {
            return offset;
        }

        await events.SendAsync(name, piece, AgentJsonContext.Default.ProcessOutputPart, gone);
        if (_owns)
        {
            log.Hold(piece.NextOffset);
            _process.Wake();
        }

        return piece.NextOffset;
    }
}

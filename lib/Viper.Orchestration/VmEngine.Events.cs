using System.Runtime.CompilerServices;
using System.Text.Json;
using Viper.Contracts;
using Viper.Orchestration.Internal;
using Viper.State;

namespace Viper.Orchestration;

public sealed partial class VmEngine
{
    private const int EventPageSize = 256;

    /// <inheritdoc/>
    public async IAsyncEnumerable<VmEvent> ReadEventsAsync(long? afterSeq, string? vm, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long after = afterSeq ?? _parts.Store.LastSeq;
        EventFilter? filter = vm is null ? null : new EventFilter { VmName = vm };
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        if (after > _parts.Store.LastSeq)
        {
            // The log was put back or made anew since: what the reader saw is not in it, and waiting for its number would be in silence.
            long last = _parts.Store.LastSeq;
            yield return Truncated(after, last + 1, last);
            after = last;
        }

        while (true)
        {
            // Taken before the read, so that an event committed in between is not missed.
            Task appended = _parts.EventAppended.Next;
            EventPage page = _parts.Store.ReadEvents(after, EventPageSize, filter);
            if (page.Truncated)
            {
                yield return Truncated(after, page.OldestSeq, Math.Max(after, page.OldestSeq - 1));
            }

            foreach (StoredEvent stored in page.Events)
            {
                yield return ToEvent(stored);
            }

            bool isAtEnd = page.NextAfterSeq == after || page.NextAfterSeq >= page.LastSeq;
            after = page.NextAfterSeq;
            if (isAtEnd && !await UntilAsync(appended, over.Token, cancellationToken).ConfigureAwait(false))
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ReadLogAsync(string name, string source, int tailLines, bool follow, CancellationToken cancellationToken)
    {
        VmActor actor = Find(name);
        string file = source switch
        {
            "serial" => "serial.log",
            "hypervisor" => "vmm.log",
            _ => throw EngineProblems.Invalid("#/source", "format", "one of serial, hypervisor."),
        };
        string path = Path.Combine(new VmFolders(_parts.Settings, actor.Record.Id).Logs, file);
        return LogTail.ReadAsync(path, tailLines, follow, () => actor.IsDeleted || _closing.IsCancellationRequested, _parts.Time, cancellationToken);
    }

    /// <summary>False once the engine closes.</summary>
    private static async Task<bool> UntilAsync(Task appended, CancellationToken over, CancellationToken caller)
    {
        try
        {
            await appended.WaitAsync(over).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return false;
        }
    }

    private static VmEvent ToEvent(StoredEvent stored)
    {
        using JsonDocument data = JsonDocument.Parse(stored.DataJson);
        return new VmEvent
        {
            Seq = stored.Seq,
            Type = stored.Type,
            Time = stored.Time,
            Vm = new VmEventSubject(stored.VmId ?? "", stored.VmName ?? "", stored.VmStatus ?? ""),
            Data = data.RootElement.Clone(),
        };
    }

    private VmEvent Truncated(long after, long oldest, long seq)
    {
        using JsonDocument data = JsonDocument.Parse($$"""{"asked_after":{{after}},"oldest_seq":{{oldest}}}""");
        return new VmEvent
        {
            Seq = seq,
            Type = VmEventTypes.EventsTruncated,
            Time = _parts.Time.GetUtcNow(),
            Vm = new VmEventSubject("", "", ""),
            Data = data.RootElement.Clone(),
        };
    }
}

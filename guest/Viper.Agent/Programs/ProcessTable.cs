using System.Globalization;
using Viper.Agent.Actions;
using Viper.Agent.Interop;

namespace Viper.Agent.Programs;

/// <summary>All programs that run, and those that ended lately. Thread-safe; whoever disposes it ends them.</summary>
internal sealed class ProcessTable : IAsyncDisposable
{
    /// <summary>How many programs may run at once.</summary>
    internal const int MaxRunning = 64;

    /// <summary>How many that have ended are kept, and how long.</summary>
    internal const int MaxEnded = 32;
    internal static readonly TimeSpan KeepEnded = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly WorkPlace _place;
    private readonly TimeProvider _time;
    private readonly HashSet<GuestProcess> _running = [];
    private readonly HashSet<uint> _marks = [];
    private readonly SortedDictionary<long, Entry> _named = [];
    private int _starting;
    private long _lastId;
    private uint _nextMark;
    private bool _isClosed;

    internal ProcessTable(WorkPlace place, TimeProvider time)
    {
        _place = place;
        _time = time;
    }

    /// <summary>Starts a program that has no name.</summary>
    /// <exception cref="ActionException">It cannot be started, or too many run.</exception>
    internal GuestProcess Start(ProgramCommand command)
    {
        var mark = Admit();
        try
        {
            var process = GuestProcess.Start(command, _place.UserId, mark);
            var isLate = false;
            lock (_gate)
            {
                _starting--;
                _running.Add(process);
                isLate = _isClosed;
            }

            _ = ForgetAsync(process, mark);
            if (isLate)
            {
                process.Abandon();
            }

            return process;
        }
        catch (SpawnException error)
        {
            Release(mark);
            throw Refusal(error);
        }
        catch
        {
            Release(mark);
            throw;
        }
    }

    /// <summary>Starts a program that can be asked for by an id.</summary>
    /// <exception cref="ActionException">It cannot be started, or too many run.</exception>
    internal string StartNamed(ProgramCommand command)
    {
        var process = Start(command);
        lock (_gate)
        {
            var id = ++_lastId;
            _named.Add(id, new Entry(process));
            Prune();
            return NameOf(id);
        }
    }

    /// <exception cref="ActionException">There is none of this id.</exception>
    internal GuestProcess Find(string id)
    {
        lock (_gate)
        {
            Prune();
            return _named.TryGetValue(NumberOf(id), out var entry) ? entry.Process : throw Unknown(id);
        }
    }

    internal IReadOnlyList<(string Id, GuestProcess Process)> List()
    {
        lock (_gate)
        {
            Prune();
            return [.. _named.Select(static pair => (NameOf(pair.Key), pair.Value.Process))];
        }
    }

    /// <summary>Ends a program and forgets it.</summary>
    /// <exception cref="ActionException">There is none of this id.</exception>
    internal async Task RemoveAsync(string id)
    {
        var process = Find(id);
        process.Abandon();
        await process.Exited;
        lock (_gate)
        {
            _named.Remove(NumberOf(id));
        }
    }

    /// <summary>Ends all, and starts no more.</summary>
    public async ValueTask DisposeAsync()
    {
        GuestProcess[] running;
        lock (_gate)
        {
            _isClosed = true;
            running = [.. _running];
        }

        foreach (var process in running)
        {
            process.Abandon();
        }

        await Task.WhenAll(running.Select(static process => process.Exited));
    }

    private uint? Admit()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                throw new ActionException(503, "vm_stopping", "The VM is shutting down.");
            }

            if (_running.Count + _starting >= MaxRunning)
            {
                throw new ActionException(429, "too_many_processes", $"{MaxRunning} programs run already; wait for one to end, or end one.");
            }

            _starting++;
            if (_place.UserId is null)
            {
                return null;
            }

            while (!_marks.Add(_place.FirstMark + (_nextMark % ProgramFamily.MarkCount)))
            {
                _nextMark++;
            }

            return _place.FirstMark + (_nextMark++ % ProgramFamily.MarkCount);
        }
    }

    private void Release(uint? mark)
    {
        lock (_gate)
        {
            _starting--;
            _marks.Remove(mark ?? 0);
        }
    }

    private async Task ForgetAsync(GuestProcess process, uint? mark)
    {
        await process.Exited;
        lock (_gate)
        {
            _running.Remove(process);
            _marks.Remove(mark ?? 0);
            foreach (var (id, entry) in _named)
            {
                if (entry.Process == process)
                {
                    _named[id] = entry with { EndedAt = _time.GetTimestamp() };
                    break;
                }
            }
        }
    }

    private void Prune()
    {
        var ended = _named.Where(static pair => pair.Value.Process.Exited.IsCompleted).ToList();
        for (var i = 0; i < ended.Count; i++)
        {
            var isOld = ended[i].Value.EndedAt is { } time && _time.GetElapsedTime(time) > KeepEnded;
            if (isOld || i < ended.Count - MaxEnded)
            {
                _named.Remove(ended[i].Key);
            }
        }
    }

    private static ActionException Refusal(SpawnException error) => error.Fault switch
    {
        SpawnFault.Missing => new ActionException(422, "command_not_found", error.Message, error),
        SpawnFault.NotExecutable => new ActionException(422, "command_not_executable", error.Message, error),
        SpawnFault.TooLong => new ActionException(422, "arguments_too_long", error.Message, error),
        SpawnFault.Directory => new ActionException(422, "directory_not_found", error.Message, error),
        _ => new ActionException(503, "start_failed", $"The guest could not start the program: {error.Message}", error),
    };

    private static ActionException Unknown(string id) => new(404, "process_not_found", $"There is no process '{id}', or it ended long ago.");

    private static string NameOf(long id) => string.Create(CultureInfo.InvariantCulture, $"p{id}");

    private static long NumberOf(string id) =>
        id.StartsWith('p') && long.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private sealed record Entry(GuestProcess Process, long? EndedAt = null);
}

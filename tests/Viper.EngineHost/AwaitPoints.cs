using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Text;

namespace Viper.EngineHost;

/// <summary>Every place at which an async method of the engine is suspended or goes on, by name; and death at one of them.</summary>
/// <remarks>
/// The runtime tells of each such place by an event, on the thread that is there and before it goes on, so that nothing in the
/// engine has to know of this. <c>suspends</c>: what is awaited has begun, and the thread is about to leave the method;
/// <c>resumes</c>: it is over, and the method has not yet gone on; <c>ends</c>: the method is over, and whoever awaits it is not yet
/// told. An await of what is over already is no such place: what was done to the world before it is a system call.
/// A name ends with the number of its occurrence within the command. Thread-safe.
/// </remarks>
internal sealed class AwaitPoints : EventListener
{
    // TplEventSource.Keywords: AsyncCausalityOperation, AsyncCausalitySynchronousWork.
    private const EventKeywords Causality = (EventKeywords)(0x8 | 0x20);

    private readonly Stream _error = Console.OpenStandardError();
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<int, string> _methods = new();
    private readonly ThreadLocal<Stack<Work>> _running = new(static () => new Stack<Work>());
    private readonly Dictionary<string, int> _counts = [];
    private List<string>? _seen;
    private string? _last;

    /// <summary>Begins to write down what comes.</summary>
    public void Record()
    {
        lock (_lock)
        {
            _counts.Clear();
            _seen = [];
        }
    }

    /// <summary>What came since <see cref="Record"/>, in its order.</summary>
    public IReadOnlyList<string> Take()
    {
        lock (_lock)
        {
            List<string> seen = _seen ?? [];
            _seen = null;
            return seen;
        }
    }

    /// <summary>Has the process die as soon as it comes to <paramref name="point"/>, counted from here; null for not at all.</summary>
    public void DieAt(string? point)
    {
        lock (_lock)
        {
            _counts.Clear();
            _last = point;
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Threading.Tasks.TplEventSource")
        {
            EnableEvents(eventSource, EventLevel.Informational, Causality);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        switch (eventData.EventName)
        {
            case "TraceOperationBegin" when eventData.Payload is [int id, string operation, ..] && operation.StartsWith("Async: ", StringComparison.Ordinal):
                if (AwaitNames.OfSuspending(operation["Async: ".Length..]) is { } method)
                {
                    _methods[id] = method;
                    Reach(method, "suspends");
                }

                break;
            case "TraceOperationEnd" when eventData.Payload is [int id, ..]:
                if (_running.Value!.TryPeek(out Work ending) && ending.Id == id)
                {
                    _running.Value.Pop();
                    _running.Value.Push(ending with { Method = null });
                }

                if (_methods.TryRemove(id, out string? ended))
                {
                    Reach(ended, "ends");
                }

                break;
            case "TraceSynchronousWorkBegin" when eventData.Payload is [int id, ..]:
                string? resumed = _methods.GetValueOrDefault(id);
                _running.Value!.Push(new Work(id, resumed));
                Reach(resumed, "resumes");
                break;
            case "TraceSynchronousWorkEnd" when _running.Value!.TryPop(out Work left):
                Reach(left.Method, "suspends");
                break;
            default:
                break;
        }
    }

    private void Reach(string? method, string what)
    {
        if (method is null)
        {
            return;
        }

        lock (_lock)
        {
            if (_seen is null && _last is null)
            {
                return;
            }

            string place = $"{method}/{what}";
            int count = _counts[place] = _counts.GetValueOrDefault(place) + 1;
            string point = string.Create(CultureInfo.InvariantCulture, $"{place}/{count}");
            _seen?.Add(point);
            if (point == _last)
            {
                _error.Write(Encoding.ASCII.GetBytes($"dies {point}\n"));
                Libc.Die();
            }
        }
    }

    /// <summary>What a thread runs on behalf of a task, and which method of the engine that is, as long as it is not over.</summary>
    private readonly record struct Work(int Id, string? Method);
}

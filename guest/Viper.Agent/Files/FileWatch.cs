using System.Buffers.Binary;
using System.Text;
using System.Threading.Channels;
using Viper.Agent.Interop;
using Viper.Agent.Server;
using Viper.Contracts.Agent;

namespace Viper.Agent.Files;

/// <summary>What happens in a folder, or to a file, as events (inotify(7)). A thread of its own waits in the kernel.</summary>
internal sealed class FileWatch : ResponseContent
{
    private const int StackSize = 128 * 1024;
    private const int BufferSize = 16 * 1024;
    private const int MaxWaiting = 1024;

    // struct inotify_event { int wd; uint32_t mask, cookie, len; char name[]; };
    private const int HeadSize = 16;

    private const uint Watched = Libc.IN_CREATE | Libc.IN_DELETE | Libc.IN_MODIFY | Libc.IN_CLOSE_WRITE | Libc.IN_MOVED_FROM | Libc.IN_MOVED_TO
        | Libc.IN_ATTRIB | Libc.IN_DELETE_SELF | Libc.IN_MOVE_SELF;

    private readonly Channel<(string Kind, FileChange Change)> _changes = Channel.CreateBounded<(string Kind, FileChange Change)>(MaxWaiting);
    private readonly FileDescriptor _source;
    private readonly FileDescriptor _wake = FileDescriptor.CreateEvent();
    private readonly Thread _thread;
    private readonly Action _ended;
    private bool _missed;

    private FileWatch(FileDescriptor source, Action ended)
    {
        _source = source;
        _ended = ended;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "watch" };
    }

    /// <summary>Begins to watch a path; a link is followed as long as it stays within.</summary>
    /// <param name="root">The folder of files.</param>
    /// <param name="path">The path.</param>
    /// <param name="ended">Called once when the watch has ended.</param>
    internal static FileWatch Begin(FileRoot root, GuestPath path, Action ended)
    {
        using var found = root.Open(path, Libc.O_PATH, "watch");
        var fd = Libc.inotify_init1(Libc.IN_CLOEXEC | Libc.IN_NONBLOCK);
        var source = fd >= 0 ? new FileDescriptor(fd) : throw FileFault.Last("watch", path.ToString());
        using (FileIdentity.Take(root.User))
        {
            if (Libc.inotify_add_watch(source.Number, $"/proc/self/fd/{found.Number}", Watched) < 0)
            {
                var error = FileFault.Last("watch", path.ToString());
                source.Dispose();
                throw error;
            }
        }

        var watch = new FileWatch(source, ended);
        watch._thread.Start();
        return watch;
    }

    internal override async Task WriteAsync(ResponseBody body, CancellationToken gone)
    {
        // The watch is set: whoever reads this misses nothing from here on.
        var events = new EventStream(body);
        await events.GreetAsync(gone);
        while (true)
        {
            while (_changes.Reader.TryRead(out var item))
            {
                await events.SendAsync(item.Kind, item.Change, AgentJsonContext.Default.FileChange, gone);
            }

            var more = _changes.Reader.WaitToReadAsync(gone).AsTask();
            await events.WaitAsync(more, gone);
            if (!await more)
            {
                return;
            }
        }
    }

    public override void Dispose()
    {
        _wake.Signal();
        _thread.Join();
        _wake.Dispose();
        _source.Dispose();
        _ended();
    }

    private void Run()
    {
        var buffer = new byte[BufferSize];
        Span<Libc.PollFd> waits = stackalloc Libc.PollFd[2];
        waits[0] = new Libc.PollFd { fd = _wake.Number, events = Libc.POLLIN };
        waits[1] = new Libc.PollFd { fd = _source.Number, events = Libc.POLLIN };
        do
        {
            Poller.Wait(waits);
            if (waits[0].revents != 0)
            {
                break;
            }
        }
        while (Take(buffer.AsSpan(0, Math.Max(0, _source.Read(buffer)))));

        _changes.Writer.TryComplete();
    }

    /// <summary>Passes on what has happened; false when what is watched is gone.</summary>
    private bool Take(ReadOnlySpan<byte> events)
    {
        while (events.Length >= HeadSize)
        {
            var mask = BinaryPrimitives.ReadUInt32LittleEndian(events[4..]);
            var length = HeadSize + (int)BinaryPrimitives.ReadUInt32LittleEndian(events[12..]);
            var name = events[HeadSize..length];
            var end = name.IndexOf((byte)0);
            Add(KindOf(mask), new FileChange
            {
                Name = Encoding.UTF8.GetString(end < 0 ? name : name[..end]),
                IsDirectory = (mask & Libc.IN_ISDIR) != 0,
                Cookie = BinaryPrimitives.ReadUInt32LittleEndian(events[8..]),
            });
            if ((mask & (Libc.IN_DELETE_SELF | Libc.IN_MOVE_SELF | Libc.IN_IGNORED)) != 0)
            {
                return false;
            }

            events = events[length..];
        }

        return true;
    }

    // A reader that is too slow is told that it has missed something, as soon as there is room to tell it.
    private void Add(string kind, FileChange change)
    {
        if (_missed && _changes.Writer.TryWrite(("overflow", new FileChange { Name = string.Empty })))
        {
            _missed = false;
        }

        _missed = _missed || !_changes.Writer.TryWrite((kind, change));
    }

    private static string KindOf(uint mask) => mask switch
    {
        _ when (mask & Libc.IN_CREATE) != 0 => "created",
        _ when (mask & Libc.IN_DELETE) != 0 => "deleted",
        _ when (mask & (Libc.IN_MODIFY | Libc.IN_CLOSE_WRITE)) != 0 => "modified",
        _ when (mask & Libc.IN_MOVED_FROM) != 0 => "moved_from",
        _ when (mask & Libc.IN_MOVED_TO) != 0 => "moved_to",
        _ when (mask & Libc.IN_Q_OVERFLOW) != 0 => "overflow",
        _ when (mask & Libc.IN_ATTRIB) != 0 => "attributes",
        _ => "gone",
    };
}

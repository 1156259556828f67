using System.Runtime.InteropServices;
using Viper.Agent.Interop;

namespace Viper.Agent.Power;

/// <summary>
/// Hears the power button: KEY_POWER on any <c>/dev/input/event*</c> (linux/input.h), devices that appear later
/// included. One thread waits in the kernel for all of them.
/// </summary>
internal sealed class PowerButton : IDisposable
{
    private const int StackSize = 128 * 1024;
    private const int MaxDevices = 32;
    private const int Pressed = 1;

    private readonly string _directory;
    private readonly TaskCompletionSource _pressed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FileDescriptor _wake = FileDescriptor.CreateEvent();
    private readonly FileDescriptor _changes;
    private readonly Dictionary<string, FileDescriptor> _devices = [];
    private readonly Thread _thread;
    private bool _watchesDirectory;

    private PowerButton(string directory)
    {
        _directory = directory;
        var changes = Libc.inotify_init1(Libc.IN_CLOEXEC | Libc.IN_NONBLOCK);
        _changes = changes >= 0 ? new FileDescriptor(changes) : throw SystemCallException.Last("inotify_init1");
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "power" };
    }

    /// <summary>Gets the task that ends when the button is pressed.</summary>
    internal Task Pressing => _pressed.Task;

    /// <summary>Begins to listen in a folder, which need not be there yet; its parent must be.</summary>
    internal static PowerButton Watch(string directory)
    {
        var button = new PowerButton(directory);
        button._thread.Start();
        return button;
    }

    public void Dispose()
    {
        _wake.Signal();
        _thread.Join();
        foreach (var device in _devices.Values)
        {
            device.Dispose();
        }

        _changes.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        Span<Libc.PollFd> waits = stackalloc Libc.PollFd[MaxDevices + 2];
        Span<byte> changes = stackalloc byte[4096];
        while (true)
        {
            // First the watch, then the look: what appears between them is seen by one of the two.
            WatchFolders();
            OpenDevices();
            waits[0] = new Libc.PollFd { fd = _wake.Number, events = Libc.POLLIN };
            waits[1] = new Libc.PollFd { fd = _changes.Number, events = Libc.POLLIN };
            var count = 2;
            foreach (var device in _devices.Values)
            {
                waits[count++] = new Libc.PollFd { fd = device.Number, events = Libc.POLLIN };
            }

            Poller.Wait(waits[..count]);
            if (waits[0].revents != 0)
            {
                return;
            }

            while (_changes.Read(changes) > 0)
            {
            }

            if (ReadDevices(waits[2..count]))
            {
                _pressed.TrySetResult();
            }
        }
    }

    private void WatchFolders()
    {
        if (_watchesDirectory)
        {
            return;
        }

        // A device node can get its permissions after its name, hence IN_ATTRIB.
        _watchesDirectory = Libc.inotify_add_watch(_changes.Number, _directory, Libc.IN_CREATE | Libc.IN_ATTRIB) >= 0;
        if (!_watchesDirectory && Path.GetDirectoryName(_directory) is { } parent
            && Libc.inotify_add_watch(_changes.Number, parent, Libc.IN_CREATE) >= 0)
        {
            // It may have come between the two calls.
            _watchesDirectory = Libc.inotify_add_watch(_changes.Number, _directory, Libc.IN_CREATE | Libc.IN_ATTRIB) >= 0;
        }
    }

    private void OpenDevices()
    {
        if (!Directory.Exists(_directory))
        {
            return;
        }

        foreach (var path in Directory.EnumerateFileSystemEntries(_directory, "event*"))
        {
            if (_devices.Count < MaxDevices && !_devices.ContainsKey(path)
                && FileDescriptor.TryOpen(path, Libc.O_RDONLY | Libc.O_NONBLOCK) is { } device)
            {
                _devices.Add(path, device);
            }
        }
    }

    private bool ReadDevices(ReadOnlySpan<Libc.PollFd> waits)
    {
        var pressed = false;
        foreach (var wait in waits)
        {
            if (wait.revents == 0)
            {
                continue;
            }

            foreach (var (path, device) in _devices)
            {
                if (device.Number == wait.fd && !ReadDevice(device, ref pressed))
                {
                    // Unplugged, or its writer has ended.
                    _devices.Remove(path);
                    device.Dispose();
                }
            }
        }

        return pressed;
    }

    /// <summary>Reads all events that wait; false when the device is at its end.</summary>
    private static bool ReadDevice(FileDescriptor device, ref bool pressed)
    {
        Span<Libc.InputEvent> events = stackalloc Libc.InputEvent[16];
        while (true)
        {
            var bytes = device.Read(MemoryMarshal.AsBytes(events));
            if (bytes <= 0)
            {
                return bytes < 0 && Marshal.GetLastPInvokeError() == Libc.EAGAIN;
            }

            foreach (var input in events[..(bytes / Libc.InputEventSize)])
            {
                pressed |= input is { type: Libc.EV_KEY, code: Libc.KEY_POWER, value: Pressed };
            }
        }
    }
}

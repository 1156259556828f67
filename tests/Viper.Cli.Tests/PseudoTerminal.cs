using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Viper.Daemon.Tests.Harness;

namespace Viper.Cli.Tests;

/// <summary>A terminal with a test at its other end (pty(7)).</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int O_RDWR = 2;
    private const int O_NOCTTY = 0x100;
    private const int SettingsSize = 60;
    private const nuint TIOCSWINSZ = 0x5414;

    private readonly SafeFileHandle _master;
    private readonly SafeFileHandle _slave;
    private readonly StringBuilder _seen = new();
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal PseudoTerminal()
    {
        int master = posix_openpt(O_RDWR | O_NOCTTY);
        Assert.True(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
        byte[] name = new byte[64];
        Assert.Equal(0, ptsname_r(master, name, (nuint)name.Length));
        _master = new SafeFileHandle(master, ownsHandle: true);
        Path = Encoding.UTF8.GetString(name).TrimEnd('\0');

        // Kept open, so that the terminal stays when the program ends.
        _slave = new SafeFileHandle(open(Path, O_RDWR | O_NOCTTY), ownsHandle: true);
        _ = Task.Run(Read);
    }

    /// <summary>The terminal as a file.</summary>
    internal string Path { get; }

    /// <summary>The settings, to compare.</summary>
    internal byte[] Settings
    {
        get
        {
            byte[] settings = new byte[SettingsSize * 2];
            Assert.Equal(0, tcgetattr((int)_slave.DangerousGetHandle(), settings));
            return settings[..SettingsSize];
        }
    }

    /// <summary>Changes its size (TIOCSWINSZ); whoever has it as its controlling terminal is told.</summary>
    internal void Resize(ushort cols, ushort rows) => Assert.Equal(0, ioctl((int)_master.DangerousGetHandle(), TIOCSWINSZ, [rows, cols, 0, 0]));

    internal void Type(string keys)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(keys);
        Assert.Equal(bytes.Length, (int)write((int)_master.DangerousGetHandle(), bytes, (nuint)bytes.Length));
    }

    /// <summary>Waits until the screen has shown a text.</summary>
    internal async Task SeeAsync(string text)
    {
        CancellationToken deadline = DaemonHarness.Deadline;
        while (true)
        {
            Task more;
            lock (_seen)
            {
                if (_seen.ToString().Contains(text, StringComparison.Ordinal))
                {
                    return;
                }

                more = _more.Task;
            }

            await more.WaitAsync(deadline);
        }
    }

    public void Dispose()
    {
        _slave.Dispose();
        _master.Dispose();
    }

    private void Read()
    {
        byte[] buffer = new byte[4096];
        try
        {
            nint count;
            while ((count = read((int)_master.DangerousGetHandle(), buffer, (nuint)buffer.Length)) > 0)
            {
                lock (_seen)
                {
                    _seen.Append(Encoding.UTF8.GetString(buffer, 0, (int)count));
                    _more.SetResult();
                    _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // The test is over.
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int posix_openpt(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int grantpt(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlockpt(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ptsname_r(int fd, [Out] byte[] name, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcgetattr(int fd, [Out] byte[] settings);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, [In] ushort[] size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte[] bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, [Out] byte[] buffer, nuint count);
}

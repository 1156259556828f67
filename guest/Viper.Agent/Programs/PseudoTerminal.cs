using System.Globalization;
using Viper.Agent.Interop;

namespace Viper.Agent.Programs;

/// <summary>A terminal whose screen and keyboard are ours (pty(7)).</summary>
internal sealed class PseudoTerminal
{
    private PseudoTerminal(FileDescriptor master, string path)
    {
        Master = master;
        Path = path;
    }

    /// <summary>Gets our end, which does not block.</summary>
    internal FileDescriptor Master { get; }

    /// <summary>Gets the path of the program's end.</summary>
    internal string Path { get; }

    /// <summary>Makes a terminal of a size, which belongs to a user.</summary>
    /// <exception cref="SystemCallException">The kernel has none left.</exception>
    internal static unsafe PseudoTerminal Open(int cols, int rows, uint? user)
    {
        var master = FileDescriptor.Open("/dev/ptmx", Libc.O_RDWR | Libc.O_NONBLOCK);
        try
        {
            var unlock = 0;
            var number = 0;
            if (Libc.ioctl(master.Number, Libc.TIOCSPTLCK, &unlock) < 0 || Libc.ioctl(master.Number, Libc.TIOCGPTN, &number) < 0)
            {
                throw SystemCallException.Last("open a terminal");
            }

            var path = string.Create(CultureInfo.InvariantCulture, $"/dev/pts/{number}");
            if (user is { } owner && Libc.chown(path, owner, owner) != 0)
            {
                throw SystemCallException.Last($"chown {path}");
            }

            var terminal = new PseudoTerminal(master, path);
            terminal.Resize(cols, rows);
            return terminal;
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    /// <summary>Changes the size; the program in front is told (SIGWINCH).</summary>
    internal unsafe void Resize(int cols, int rows)
    {
        var size = new Libc.WindowSize { ws_row = (ushort)rows, ws_col = (ushort)cols };
        _ = Libc.ioctl(Master.Number, Libc.TIOCSWINSZ, &size);
    }
}

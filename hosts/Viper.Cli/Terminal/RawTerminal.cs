using System.Runtime.InteropServices;
using Viper.Cli.Interop;

namespace Viper.Cli.Terminal;

/// <summary>The terminal that is standard input, every key passed on as it is; as it was again on disposal and on every signal.</summary>
/// <remarks>Only SIGKILL leaves it raw, which nobody can prevent; <c>reset</c> mends it.</remarks>
internal sealed class RawTerminal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly byte[] _before;
    private readonly byte[] _raw;
    private readonly List<PosixSignalRegistration> _signals = [];
    private bool _over;

    private RawTerminal(byte[] before)
    {
        _before = before;
        _raw = Libc.MakeRaw(before);

        // These end the program, or stop it, by themselves after the handler; SIGINT and SIGTERM end the command in order.
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGHUP, PosixSignal.SIGQUIT, PosixSignal.SIGTSTP])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, _ => Set(_before)));
        }

        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Set(_raw)));
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        Set(_raw);
    }

    /// <summary>Makes standard input raw; null where it is no terminal.</summary>
    internal static RawTerminal? Enter() =>
        Libc.IsTerminal(Libc.StandardInput) && Libc.GetTerminal(Libc.StandardInput) is { } before ? new RawTerminal(before) : null;

    public void Dispose()
    {
        lock (_lock)
        {
            if (_over)
            {
                return;
            }

            Libc.SetTerminal(Libc.StandardInput, _before);
            _over = true;
        }

        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        _signals.ForEach(static signal => signal.Dispose());
    }

    private void OnProcessExit(object? sender, EventArgs e) => Set(_before);

    private void Set(byte[] settings)
    {
        lock (_lock)
        {
            if (!_over)
            {
                Libc.SetTerminal(Libc.StandardInput, settings);
            }
        }
    }
}

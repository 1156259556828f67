using System.Diagnostics;
using System.Text;

namespace Viper.Stage;

/// <summary>A program in a session of its own, so that Ctrl-C reaches its parent alone, which ends it in order.</summary>
public sealed class ChildProgram : IAsyncDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private ChildProgram(Process process)
    {
        _process = process;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it has written to standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public StreamReader Output => _process.StandardOutput;

    /// <summary>Starts a program; <paramref name="onError"/> gets each line that it writes to standard error.</summary>
    public static ChildProgram Start(string program, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> arguments, Action<string>? onError = null)
    {
        // setsid(1) replaces itself by the program: the pid that we know is the program's.
        ProcessStartInfo start = new("setsid", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        ChildProgram child = new(process);
        process.ErrorDataReceived += (_, line) => child.TakeError(line.Data, onError);
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end; cancellation ends it in order.</summary>
    public static async Task<ProgramResult> RunAsync(
        string program, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> arguments, Action<string>? onError, CancellationToken cancellationToken)
    {
        await using ChildProgram child = Start(program, environment, arguments, onError);
        string output = await child.Output.ReadToEndAsync(cancellationToken);
        int code = await child.WaitAsync(cancellationToken);
        return new ProgramResult(code, output, child.Errors);
    }

    /// <summary>Waits until it has ended and gives its exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => Signals.Terminate(_process.Id);

    /// <summary>SIGINT, as Ctrl-C would.</summary>
    public void Interrupt() => Signals.Interrupt(_process.Id);

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Ends the program: SIGTERM, and SIGKILL if that is not enough.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Terminate();
            using CancellationTokenSource deadline = new(s_grace);
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        _process.Dispose();
    }

    private void TakeError(string? line, Action<string>? onError)
    {
        if (line is null)
        {
            return;
        }

        lock (_errors)
        {
            _errors.AppendLine(line);
        }

        onError?.Invoke(line);
    }
}

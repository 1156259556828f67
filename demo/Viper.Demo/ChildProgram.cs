using System.Diagnostics;
using System.Text;

namespace Viper.Demo;

/// <summary>Programs that the demo runs, each in a session of its own, so that Ctrl-C reaches the demo alone and it ends them in order.</summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private ChildProgram(Process process)
    {
        _process = process;
    }

    public bool HasExited => _process.HasExited;

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

    public static ChildProgram Start(string program, IReadOnlyDictionary<string, string> environment, bool showErrors, params string[] arguments)
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
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                lock (child._errors)
                {
                    child._errors.AppendLine(line.Data);
                }

                if (showErrors)
                {
                    Console.WriteLine("    " + line.Data);
                }
            }
        };
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end and returns what it wrote; throws with its own words if it fails.</summary>
    public static async Task<string> RunAsync(
        string program, IReadOnlyDictionary<string, string> environment, bool showErrors, CancellationToken cancellationToken, params string[] arguments)
    {
        await using ChildProgram child = Start(program, environment, showErrors, arguments);
        string output = await child.Output.ReadToEndAsync(cancellationToken);
        await child._process.WaitForExitAsync(cancellationToken);
        return child._process.ExitCode == 0
            ? output
            : throw new DemoException($"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with code {child._process.ExitCode}: {child.Errors.Trim()}");
    }

    /// <summary>Ends the program: SIGTERM, and SIGKILL if that is not enough.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signals.Terminate(_process.Id);
            using CancellationTokenSource deadline = new(s_grace);
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
    }
}

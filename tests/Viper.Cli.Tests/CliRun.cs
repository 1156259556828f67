using System.Diagnostics;
using System.Text;
using Viper.Daemon.Tests.Harness;

namespace Viper.Cli.Tests;

/// <summary>The built <c>viper</c> as a process of its own.</summary>
internal sealed class CliRun : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private TaskCompletionSource _moreErrors = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _readingErrors;

    private CliRun(Process process)
    {
        _process = process;
        _readingErrors = ReadErrorsAsync();
    }

    internal int Pid => _process.Id;

    internal StreamReader Output => _process.StandardOutput;

    internal string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>The folder where viper and viperd stand beside each other.</summary>
    internal static string Programs => AppContext.BaseDirectory;

    /// <summary>The program under test: the one built beside the tests, or that of VIPER_TEST_CLI (such as one compiled ahead of time).</summary>
    internal static string Program { get; } = Environment.GetEnvironmentVariable("VIPER_TEST_CLI") is { Length: > 0 } given ? given : Path.Combine(Programs, "viper");

    internal static CliRun Start(string? apiBase, IReadOnlyDictionary<string, string?>? environment, params string[] arguments) =>
        StartProgram(Program, apiBase, environment, arguments);

    internal static CliRun StartProgram(string program, string? apiBase, IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("VIPER_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_TieredPGO"] = "0";
        if (apiBase is not null)
        {
            start.Environment["VIPER_API_BASE"] = apiBase;
        }

        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new CliRun(Process.Start(start)!);
    }

    /// <summary>Runs to the end; returns exit code, standard output and standard error.</summary>
    internal static async Task<(int Exit, string Output, string Errors)> RunAsync(DaemonHarness daemon, params string[] arguments)
    {
        await using CliRun run = Start("unix:" + daemon.SocketPath, null, arguments);
        return await run.FinishAsync();
    }

    internal async Task<(int Exit, string Output, string Errors)> FinishAsync()
    {
        string output = await Output.ReadToEndAsync(DaemonHarness.Deadline);
        await _process.WaitForExitAsync(DaemonHarness.Deadline);
        await _readingErrors;
        return (_process.ExitCode, output, Errors);
    }

    /// <summary>Waits until standard error holds a text.</summary>
    internal async Task ErrorsHoldAsync(string text)
    {
        CancellationToken deadline = DaemonHarness.Deadline;
        while (true)
        {
            Task more;
            lock (_errors)
            {
                if (_errors.ToString().Contains(text, StringComparison.Ordinal))
                {
                    return;
                }

                more = _moreErrors.Task;
            }

            await more.WaitAsync(deadline);
        }
    }

    internal async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("/bin/kill", [signal, Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(DaemonHarness.Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private async Task ReadErrorsAsync()
    {
        char[] buffer = new char[1024];
        int read;
        while ((read = await _process.StandardError.ReadAsync(buffer)) > 0)
        {
            lock (_errors)
            {
                _errors.Append(buffer, 0, read);
                _moreErrors.SetResult();
                _moreErrors = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}

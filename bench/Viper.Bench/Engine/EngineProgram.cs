using System.Diagnostics;
using System.Globalization;
using Viper.Net;
using Viper.Stage;

namespace Viper.Bench.Engine;

/// <summary>An engine in a process of its own, told what to do a line at a time.</summary>
internal sealed class EngineProgram : IAsyncDisposable
{
    private readonly Process _process;

    private EngineProgram(Process process)
    {
        _process = process;
    }

    /// <summary>How long the engine took to open, in milliseconds, without the start of its runtime.</summary>
    public double OpenedMs { get; private set; }

    public static async Task<EngineProgram> StartAsync(NetworkNamespace where, string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        ProcessStartInfo info = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
        };
        EngineProgram engine = new(where.Run(() => Process.Start(info)!));
        engine.OpenedMs = (await engine.ReadAsync("open", cancellationToken))[0];
        return engine;
    }

    /// <summary>The numbers of an answer.</summary>
    public async Task<double[]> AskAsync(string command, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(command.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await ReadAsync(command, cancellationToken);
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task CloseAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task<double[]> ReadAsync(string command, CancellationToken cancellationToken)
    {
        string? answer = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        return answer?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["ok", .. var numbers]
            ? [.. numbers.Select(static number => double.Parse(number, CultureInfo.InvariantCulture))]
            : throw new StageException($"The engine said to '{command}': {answer ?? "nothing"}");
    }
}

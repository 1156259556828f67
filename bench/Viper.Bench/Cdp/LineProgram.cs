using System.Diagnostics;
using System.Globalization;
using Viper.Stage;

namespace Viper.Bench.Cdp;

/// <summary>Another client: a program that measures what a line asks for and answers with figures.</summary>
internal sealed class LineProgram : IAsyncDisposable
{
    private readonly Process _process;

    private LineProgram(Process process) => _process = process;

    public static LineProgram Start(string program, params string[] arguments) => new(
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!);

    /// <summary>Measures; median in nanoseconds, CPU in microseconds and bytes, where it says them, for each operation.</summary>
    public async Task<CdpFigures> MeasureAsync(string what, int count, CancellationToken cancellationToken)
    {
        string line = await ExchangeAsync(string.Create(CultureInfo.InvariantCulture, $"{what} {count}"), cancellationToken);
        double[] words = [.. line.Split(' ').Select(static w => double.Parse(w, CultureInfo.InvariantCulture))];
        return new CdpFigures(words[0], words[1], words.Length > 2 ? words[2] : 0);
    }

    /// <summary>Asks for one number.</summary>
    public async Task<double> AskAsync(string line, CancellationToken cancellationToken) =>
        double.Parse(await ExchangeAsync(line, cancellationToken), CultureInfo.InvariantCulture);

    /// <summary>What the program says next.</summary>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new StageException($"'{_process.StartInfo.FileName}' ended.");

    private async Task<string> ExchangeAsync(string line, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await ReadLineAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

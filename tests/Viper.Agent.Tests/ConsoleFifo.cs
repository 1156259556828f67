using System.Diagnostics;
using System.Text.Json;

namespace Viper.Agent.Tests;

/// <summary>The guest's console as a named pipe: what is rung is read as it comes.</summary>
internal sealed class ConsoleFifo : IDisposable
{
    private readonly FileStream _stream;
    private readonly StreamReader _reader;

    internal ConsoleFifo(TempFolder folder)
    {
        Path = folder.At("console");
        using var mkfifo = Process.Start("mkfifo", Path);
        mkfifo.WaitForExit();
        Assert.Equal(0, mkfifo.ExitCode);

        // Open for writing too: then the pipe never ends between two lines.
        _stream = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
        _reader = new StreamReader(_stream);
    }

    internal string Path { get; }

    /// <summary>Reads the next line, which must be of this word, and returns its document.</summary>
    internal async Task<JsonElement> ReadAsync(string word)
    {
        var line = await ReadLineAsync();
        Assert.StartsWith($"viper: {word} {{", line, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(line[$"viper: {word} ".Length..]);
        return document.RootElement.Clone();
    }

    internal async Task<string> ReadLineAsync() =>
        await Task.Run(() => _reader.ReadLine()).WaitAsync(TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken) ?? string.Empty;

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
    }
}

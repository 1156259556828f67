using System.Diagnostics;

namespace Viper.Agent.Tests;

/// <summary>A FIFO that tells of a program that it lives: its end is read when the last who has it open is gone.</summary>
internal sealed class FifoReader : IDisposable
{
    private readonly Process _reader;

    internal FifoReader(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        using (var maker = Process.Start("mkfifo", ["-m", "666", path]))
        {
            maker.WaitForExit();
            Assert.Equal(0, maker.ExitCode);
        }

        _reader = Process.Start(new ProcessStartInfo("cat", [path]) { RedirectStandardOutput = true })!;
    }

    /// <summary>Reads the next line; null when all writers are gone.</summary>
    internal async Task<string?> ReadLineAsync() =>
        await _reader.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(2));

    public void Dispose()
    {
        if (!_reader.HasExited)
        {
            _reader.Kill();
        }

        _reader.Dispose();
    }
}

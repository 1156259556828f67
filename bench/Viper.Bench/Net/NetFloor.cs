using System.Diagnostics;
using System.Globalization;
using Viper.Stage;

namespace Viper.Bench.Net;

/// <summary>The floor's program: compiled for this run, started in the namespace of the thread that makes it, and told what to do line by line.</summary>
internal sealed class NetFloor : IDisposable
{
    private const double NanosecondsPerMicrosecond = 1000;

    private readonly Process _process;

    private NetFloor(Process process) => _process = process;

    /// <summary>Compiles and starts it.</summary>
    public static NetFloor Start(string source, string folder, string nftFile)
    {
        string program = Path.Combine(folder, "net-floor");
        using (Process compiler = Process.Start(new ProcessStartInfo("cc", ["-O2", "-o", program, source]))
            ?? throw new StageException("The C compiler (cc) did not start."))
        {
            compiler.WaitForExit();
            if (compiler.ExitCode != 0)
            {
                throw new StageException($"{source} did not compile.");
            }
        }

        ProcessStartInfo start = new(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["NFT_FILE"] = nftFile;
        return new NetFloor(Process.Start(start) ?? throw new StageException("The floor did not start."));
    }

    /// <summary>Has it do something; gives the microseconds that it measured.</summary>
    public double Do(string what, int count, int argument = 0)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {count} {argument}"));
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine() ?? throw new StageException($"The floor ended at '{what}'.");
        return long.Parse(answer, CultureInfo.InvariantCulture) / NanosecondsPerMicrosecond;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}

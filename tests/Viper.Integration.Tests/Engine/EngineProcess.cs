using System.Diagnostics;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Engine;

/// <summary>A running engine in a process of its own, inside the namespace of a test.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly Task<IReadOnlyList<string>> _told;

    private EngineProcess(Process process)
    {
        _process = process;
        _told = ReadAllAsync(process.StandardError);
    }

    public int Pid => _process.Id;

    public bool IsOver => _process.HasExited;

    public static async Task<EngineProcess> StartAsync(NetNsFixture where, string folder, string vmm, string subnet)
    {
        ProcessStartInfo info = new(Program(), [folder, vmm, subnet])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                // A killed process leaves no diagnostic socket behind that was never made.
                ["DOTNET_EnableDiagnostics"] = "0",

                // None lives long enough for its code to be measured and compiled anew.
                ["DOTNET_TieredPGO"] = "0",
                ["VIPER_HOST_POINTS"] = "1",
            },
        };
        EngineProcess engine = new(where.Run(() => Process.Start(info)!));
        string? answer = await engine.AnswerAsync();
        Assert.True(answer?.StartsWith("ok ", StringComparison.Ordinal), answer ?? "The engine did not start.");
        return engine;
    }

    /// <summary>Has it do something; null when it ended meanwhile.</summary>
    public async Task<string?> TellAsync(string command)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(command);
            await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            return null;
        }

        return await AnswerAsync();
    }

    /// <summary>The words of an answer that must be a success.</summary>
    public async Task<string[]> AskAsync(string command)
    {
        string? answer = await TellAsync(command);
        Assert.True(answer?.StartsWith("ok", StringComparison.Ordinal), $"{command}: {answer ?? "it ended"}");
        return answer!.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
    }

    /// <summary>All that it told on standard error, once it is over: what it died at, and the events that a client of it saw.</summary>
    public Task<IReadOnlyList<string>> ToldAsync() => _told.WaitAsync(s_patience);

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Lets it stop its VMs and end.</summary>
    public async Task CloseAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        Assert.Equal(0, _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    // Null says that it is over; who still traces it holds what is left of it until then.
    private Task<string?> AnswerAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience);

    private static async Task<IReadOnlyList<string>> ReadAllAsync(StreamReader reader)
    {
        List<string> lines = [];
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    private static string Program()
    {
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        DirectoryInfo? tree = new(AppContext.BaseDirectory);
        while (tree is not null && !File.Exists(Path.Combine(tree.FullName, "Viper.sln")))
        {
            tree = tree.Parent;
        }

        return Path.Combine(tree!.FullName, "artifacts/bin/Viper.EngineHost", configuration, "Viper.EngineHost");
    }
}

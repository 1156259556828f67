using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Viper.EndToEnd.Tests.Matrix;

/// <summary>A client that runs as a process of its own and is told what to do, one step after another.</summary>
internal sealed partial class ClientProcess : IAsyncDisposable
{
    private readonly string _name;
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<(int Code, string Reason)> _socketEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ClientProcess(string name, Process process)
    {
        _name = name;
        _process = process;
    }

    /// <summary>How the client's WebSocket was closed, as soon as it is.</summary>
    public Task<(int Code, string Reason)> SocketEnd => _socketEnd.Task.WaitAsync(SharedStage.Patience);

    public bool HasExited { get; private set; }

    /// <summary>Starts a client in the network namespace of this name, or in the test's own.</summary>
    public static ClientProcess Start(string name, IReadOnlyList<string> program, string? netns)
    {
        Assert.True(File.Exists(program[0]), $"{program[0]} is not there; `build/setup test` and `make build` put it there.");
        string[] line = netns is null ? [.. program] : ["nsenter", $"--net=/run/netns/{netns}", .. program];
        ProcessStartInfo start = new(line[0], line[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = MatrixClient.Modules;

        // Playwright tells of its sockets' ends in its log alone.
        start.Environment["DEBUG"] = "pw:browser";
        foreach (string proxy in new[] { "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy" })
        {
            start.Environment.Remove(proxy);
        }

        ClientProcess client = new(name, Process.Start(start)!);
        client._process.ErrorDataReceived += (_, line) => client.TakeError(line.Data);
        client._process.BeginErrorReadLine();
        return client;
    }

    /// <summary>Tells it a step and gives what it answers, which fails the test if it is an error.</summary>
    public async Task<JsonElement> DoAsync(string step, params (string Name, string Value)[] values)
    {
        JsonObject said = new() { ["step"] = step };
        foreach ((string name, string value) in values)
        {
            said[name] = value;
        }

        await _process.StandardInput.WriteLineAsync(said.ToJsonString());
        await _process.StandardInput.FlushAsync();
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(SharedStage.Patience, TestContext.Current.CancellationToken);
        Assert.True(line is not null, $"{_name} ended at {step}: {Errors()}");
        using JsonDocument answer = JsonDocument.Parse(line);
        Assert.False(answer.RootElement.TryGetProperty("error", out JsonElement error), $"{_name}, {step}: {error}\n{Errors()}");
        return answer.RootElement.GetProperty("value").Clone();
    }

    /// <summary>Tells it a step that it answers with a text.</summary>
    public async Task<string> AskAsync(string step, params (string Name, string Value)[] values) => (await DoAsync(step, values)).GetString()!;

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        HasExited = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"<ws disconnected> \S+ code=(\d+) reason=(\S*)")]
    private static partial Regex Disconnected { get; }

    private void TakeError(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_errors)
        {
            _errors.AppendLine(line);
        }

        Match end = Disconnected.Match(line);
        if (end.Success)
        {
            _socketEnd.TrySetResult((int.Parse(end.Groups[1].ValueSpan, CultureInfo.InvariantCulture), end.Groups[2].Value));
        }
    }

    private string Errors()
    {
        lock (_errors)
        {
            return _errors.ToString();
        }
    }
}

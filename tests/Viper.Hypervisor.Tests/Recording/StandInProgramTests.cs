using System.Diagnostics;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>The stand-in as a program: its exit codes, its locks, its events and its signals.</summary>
public sealed class StandInProgramTests : IDisposable
{
    private readonly ShortFolder _folder = new();

    public StandInProgramTests() => StandInProgram.Write(_folder["cloud-hypervisor"]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", 2)]
    [InlineData("--nonsense", 2)]
    [InlineData("--version", 0)]
    [InlineData("--kernel /nonexistent --serial off --console off", 1)]
    [InlineData("--api-socket path=/nonexistent/s", 1)]
    public async Task Program_CommandLine_EndsWithTheRecordedCode(string arguments, int code)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal(code, process.ExitCode);
        Assert.Equal(code != 0, (await error).Length > 0);
        Assert.Equal(arguments.StartsWith("--kernel", StringComparison.Ordinal), (await error).Contains("  2: No such file or directory (os error 2)"));
    }

    [Fact]
    public async Task Program_SecondOnALiveSocket_Ends1()
    {
        using Process first = Start($"--api-socket path={_folder["s"]}");
        (await ConnectAsync()).Dispose();
        using Process second = Start($"--api-socket path={_folder["s"]}");
        string error = await second.StandardError.ReadToEndAsync(Cancellation);
        await second.WaitForExitAsync(Cancellation);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("ApiSocketInUse", error);
        first.Kill();
        await first.WaitForExitAsync(Cancellation);
        Assert.True(File.Exists(_folder["s"]));

        using Process third = Start($"--api-socket path={_folder["s"]}");
        (await ConnectAsync()).Dispose();
        await RequestAsync("PUT", "vmm.shutdown");
        await third.WaitForExitAsync(Cancellation);
        Assert.Equal(0, third.ExitCode);
    }

    [Fact]
    public async Task Program_Terminated_Ends0AndHasWrittenItsEvents()
    {
        File.WriteAllText(_folder["kernel"], "kernel");
        using Process process = Start(
            $"--api-socket {_folder["s"]} --event-monitor path={_folder["events"]} --kernel {_folder["kernel"]} --memory size=128M --serial off --console off");

        // The API is there before the machine is.
        RawAnswer info;
        do
        {
            info = await RequestAsync("GET", "vm.info");
        }
        while (!info.Body.Contains("Running", StringComparison.Ordinal));

        Assert.Contains("\"state\":\"Running\"", info.Body);
        Assert.Contains("\"memory_actual_size\":134217728", info.Body);

        using Process kill = Process.Start("kill", [process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal(0, process.ExitCode);
        string[] events = (await File.ReadAllTextAsync(_folder["events"], Cancellation)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["vmm/starting", "vm/booting", "vm/booted"],
            events.Select(text => System.Text.Json.Nodes.JsonNode.Parse(text)!).Select(node => $"{node["source"]}/{node["event"]}"));
    }

    private Process Start(string arguments) => Process.Start(new ProcessStartInfo(_folder["cloud-hypervisor"], arguments)
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;

    private async Task<RawAnswer> RequestAsync(string method, string operation)
    {
        using RawClient client = await ConnectAsync();
        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes($"{method} /api/v1/{operation} HTTP/1.1\r\n\r\n"));
        RawAnswer? answer = await client.ReadAsync();
        Assert.NotNull(answer);
        return answer;
    }

    // The program makes its socket itself, so there is nothing to wait on but its appearance, maybe in place of a dead one.
    private async Task<RawClient> ConnectAsync()
    {
        using SemaphoreSlim changed = new(0);
        using FileSystemWatcher watcher = new(_folder.Path);
        watcher.Renamed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        while (true)
        {
            try
            {
                return new RawClient(_folder["s"]);
            }
            catch (System.Net.Sockets.SocketException)
            {
                await changed.WaitAsync(Cancellation);
            }
        }
    }
}

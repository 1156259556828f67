using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Viper.Hypervisor;
using Viper.Stage;

namespace Viper.Bench.Hypervisor;

/// <summary>What a request to Cloud Hypervisor's API costs beside a bare socket client.</summary>
/// <remarks>
/// Both ask a bare server, which answers with the stand-in's bytes: a server whose threads the runtime schedules costs now this, now
/// twice as much. All three share one CPU.
/// </remarks>
internal sealed class ApiBench(string tree, string folder, FloorPrograms floors)
{
    private const int Rounds = 25;
    private const int Calls = 2000;

    // The runtime compiles hot code anew in the background; what is measured is the code that stays.
    private const int WarmUp = 30;
    private const double Bar = 1.3;
    private const double BytesBar = 1024;

    public async Task<IReadOnlyList<BenchRow>> RunAsync(CancellationToken cancellationToken)
    {
        string[] answers = await CaptureAsync(cancellationToken);
        using OneCpu cpu = OneCpu.Take();
        string socket = Path.Combine(folder, "api.sock");
        using Process server = await StartAsync("api_server", [socket, .. answers], cancellationToken);
        using Process floor = await StartAsync("api_client", [socket], cancellationToken);
        await using CloudHypervisorClient client = new(socket);
        try
        {
            BenchRow ping = await CompareAsync("api_ping", "vmm.ping", () => client.PingAsync(cancellationToken), floor, cancellationToken);
            BenchRow info = await CompareAsync("api_info", "vm.info", () => client.InfoAsync(cancellationToken), floor, cancellationToken);
            return [ping, info, await BytesAsync(client, cancellationToken)];
        }
        finally
        {
            foreach (Process process in (Process[])[floor, server])
            {
                process.StandardInput.Close();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    // Both end with their input.
    private async Task<Process> StartAsync(string name, string[] arguments, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(await floors.CompileAsync(name, cancellationToken), arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        if (name == "api_server")
        {
            await process.StandardOutput.ReadLineAsync(cancellationToken);
        }

        return process;
    }

    /// <summary>The files with what the stand-in answers, as it comes over the socket, for a VM that has been described.</summary>
    private async Task<string[]> CaptureAsync(CancellationToken cancellationToken)
    {
        string socket = Path.Combine(folder, "stand-in.sock");
        string program = Path.Combine(tree, "artifacts", "bin", "Viper.StandIn", "release", "cloud-hypervisor");
        if (!File.Exists(program))
        {
            throw new StageException($"The stand-in '{program}' is not built; make build brings it.");
        }

        await using ChildProgram standIn = ChildProgram.Start(program, new Dictionary<string, string>(), ["--api-socket", "path=" + socket]);
        await using CloudHypervisorClient client = await ConnectAsync(socket, standIn, cancellationToken);
        await client.CreateAsync(new VmConfig { Payload = new PayloadConfig { Kernel = Path.Combine(folder, "kernel") } }, cancellationToken);
        string[] files = [await SaveAsync("vmm.ping"), await SaveAsync("vm.info")];
        await standIn.KillAsync();
        return files;

        async Task<string> SaveAsync(string target)
        {
            using Socket asking = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await asking.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            await asking.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/{target} HTTP/1.1\r\nHost: localhost\r\n\r\n"), cancellationToken);
            byte[] answer = new byte[64 * 1024];
            int length = await asking.ReceiveAsync(answer, cancellationToken);
            string file = Path.Combine(folder, target);
            await File.WriteAllBytesAsync(file, answer[..length], cancellationToken);
            return file;
        }
    }

    private static async Task<CloudHypervisorClient> ConnectAsync(string socket, ChildProgram standIn, CancellationToken cancellationToken)
    {
        while (true)
        {
            CloudHypervisorClient client = new(socket);
            try
            {
                await client.PingAsync(cancellationToken);
                return client;
            }
            catch (VmmConnectionException) when (!standIn.HasExited)
            {
                await client.DisposeAsync();
                await Task.Delay(10, cancellationToken);
            }
        }
    }

    private static async Task<BenchRow> CompareAsync(string name, string target, Func<Task> call, Process floor, CancellationToken cancellationToken)
    {
        List<(double Ours, double Floor)> rounds = [];
        for (int i = -WarmUp; i < Rounds; i++)
        {
            // Who goes first changes, so that a drift of the machine favours neither.
            double bare = i % 2 == 0 ? await BareAsync(floor, target, cancellationToken) : 0;
            double ours = await OursAsync(call);
            bare = i % 2 == 0 ? bare : await BareAsync(floor, target, cancellationToken);
            if (i >= 0)
            {
                rounds.Add((ours, bare));
            }
        }

        return Statistics.Paired(name, "µs", rounds, Bar) with { Metric = "p50" };
    }

    private static async Task<double> OursAsync(Func<Task> call)
    {
        double[] times = new double[Calls];
        for (int i = 0; i < Calls; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await call();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return Statistics.Median(times);
    }

    private static async Task<double> BareAsync(Process floor, string target, CancellationToken cancellationToken)
    {
        await floor.StandardInput.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{target} {Calls}"));
        await floor.StandardInput.FlushAsync(cancellationToken);
        string line = await floor.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new StageException("The bare client ended.");
        return double.Parse(line, CultureInfo.InvariantCulture) / 1000;
    }

    private static async Task<BenchRow> BytesAsync(CloudHypervisorClient client, CancellationToken cancellationToken)
    {
        List<double> bytes = [];
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Calls; i++)
            {
                await client.PingAsync(cancellationToken);
            }

            bytes.Add((double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Calls);
        }

        return Statistics.Reported("api_ping_bytes", "B", bytes) with { Metric = "allocated", MaxValue = BytesBar };
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using Viper.Bench.Hypervisor;
using Viper.Stage;
using Viper.State;

namespace Viper.Bench.Engine;

/// <summary>The transaction that creates a VM, on tmpfs: StateStore whole, beside five prepared statements in C; rounds interleaved.</summary>
/// <remarks>
/// Ours does more than the floor: it also looks for a reservation and for ended quarantines, and appends VM_CREATED. Both
/// databases have the schema, the indexes and the pool of 65,534 addresses that Viper.State makes. <c>lease_bare_c</c> is C
/// on two tables that have nothing but what the five statements need: what the constraints and indexes cost.
/// </remarks>
internal sealed class LeaseBench(string tree)
{
    private const string Memory = "/dev/shm";
    private const string Mac = "02:00:00:00:00:01";
    private const int Rounds = 41;
    private const int WarmUps = 8;
    private const int Leases = 400;
    private const double Bar = 1.6;

    public async Task<IReadOnlyList<BenchRow>> RunAsync(CancellationToken cancellationToken)
    {
        string folder = Path.Combine(Memory, $"viper-bench-lease-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            string program = await new FloorPrograms(tree, folder).CompileAsync("lease", ["-l:libsqlite3.so.0"], cancellationToken);
            string ours = Path.Combine(folder, "ours.db");
            string theirs = Path.Combine(folder, "floor.db");
            using StateStore store = StateStore.Open(ours, new StateStoreOptions { Quarantine = TimeSpan.Zero });
            store.SeedPool(IPNetwork.Parse("10.0.0.0/16"), new HashSet<IPAddress>());
            store.BackUp(theirs, cancellationToken: cancellationToken);

            // Opened once, so that the copy has a write-ahead log as ours has.
            StateStore.Open(theirs).Dispose();
            using Process floor = Start(program, "full", theirs);
            using Process bare = Start(program, "bare", Path.Combine(folder, "bare.db"));
            BenchRow[] rows = Run(store, floor, bare, cancellationToken);
            floor.StandardInput.Close();
            bare.StandardInput.Close();
            await Task.WhenAll(floor.WaitForExitAsync(cancellationToken), bare.WaitForExitAsync(cancellationToken));
            return rows;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    private static BenchRow[] Run(StateStore store, Process floor, Process bare, CancellationToken cancellationToken)
    {
        List<(double Ours, double Floor)> figures = [];
        List<double> bareTimes = [];
        List<double> bytes = [];
        for (int i = -WarmUps; i < Rounds; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double theirs = i % 2 == 0 ? Theirs(floor) : 0;
            (double ours, double allocated) = Ours(store);
            theirs = i % 2 == 0 ? theirs : Theirs(floor);
            if (i >= 0)
            {
                figures.Add((ours / Leases, theirs / Leases));
                bareTimes.Add(Do(bare, $"bare {Leases}") / 1000 / Leases);
                bytes.Add(allocated / Leases);
            }
        }

        return
        [
            Statistics.Paired("lease_tx", "us", figures, Bar),
            Statistics.Reported("lease_bare_c", "us", bareTimes),
            Statistics.Reported("lease_tx_bytes", "B", bytes) with { Metric = "allocated" },
        ];
    }

    private static (double Microseconds, double Bytes) Ours(StateStore store)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Leases; i++)
        {
            NewVm vm = new()
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"v{i}"),
                Status = "creating",
                Phase = "lease_ip",
                CpuCores = 2,
                MemoryMb = 1024,
                Image = "browser",
            };
            if (store.CreateVm(vm, static _ => Mac, static created => EventDraft.About("VM_CREATED", created)) is not CreateVmResult.Created)
            {
                throw new StageException("The address pool is exhausted.");
            }
        }

        double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        double bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        foreach (VmRecord vm in store.ListVms())
        {
            store.DeleteVm(vm.Id, static gone => EventDraft.About("VM_DELETED", gone));
        }

        return (time, bytes);
    }

    private static double Theirs(Process floor)
    {
        double nanoseconds = Do(floor, $"lease {Leases}");
        Do(floor, "release 0");
        return nanoseconds / 1000;
    }

    private static double Do(Process floor, string command)
    {
        floor.StandardInput.WriteLine(command);
        floor.StandardInput.Flush();
        string answer = floor.StandardOutput.ReadLine() ?? throw new StageException($"The floor ended at '{command}'.");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }
}

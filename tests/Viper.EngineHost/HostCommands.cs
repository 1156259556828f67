using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Viper.Contracts;
using Viper.Orchestration;

namespace Viper.EngineHost;

/// <summary>What the host can be told to do.</summary>
internal sealed class HostCommands(VmEngine engine, AwaitPoints? points, TextWriter told)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    public async Task<string> RunAsync(string line)
    {
        string[] words = line.Split(' ');
        try
        {
            return words switch
            {
                ["create", var name] => await CreateAsync(name),
                ["start", var name] => await StartAsync(name),
                ["stop", var name] => Text(await engine.StopAsync(name, force: true, CancellationToken.None)),
                ["delete", var name] => await DeleteAsync(name),
                ["restart", var name] => await RestartAsync(name),
                ["pause", var name] => Text(await engine.PauseAsync(name, CancellationToken.None)),
                ["resume", var name] => Text(await engine.ResumeAsync(name, CancellationToken.None)),
                ["sample"] => await SampleAsync(),
                ["points", .. { Length: > 0 } command] when points is not null => await ListPointsAsync(points, command),
                ["die", var point, .. { Length: > 0 } command] when points is not null => await DieAsync(points, point, command),
                ["time", var name] => await TimeAsync(name),
                ["many", var prefix, var count, var callers] => await ManyAsync(prefix, int.Parse(count, CultureInfo.InvariantCulture), int.Parse(callers, CultureInfo.InvariantCulture)),
                ["empty", var callers] => await EmptyAsync(int.Parse(callers, CultureInfo.InvariantCulture)),
                ["memory"] => Memory(),
                ["list"] => "ok " + string.Join(' ', engine.List(null, null, null, int.MaxValue).Select(static vm => $"{vm.Name}={vm.Status}={vm.Pid ?? 0}={vm.IpAddress}={vm.Id}")),
                ["events"] => await EventsAsync(),
                ["leased"] => $"ok {engine.GetStatus().PoolLeased}",
                _ => "error usage " + line,
            };
        }
        catch (EngineException e)
        {
            return $"error {e.Code} {e.Message.ReplaceLineEndings(" ")}";
        }
    }

    private async Task<string> CreateAsync(string name)
    {
        await engine.CreateAsync(new CreateVmRequest { Name = name, MemoryMb = VmLimits.MinMemoryMb }, CancellationToken.None);
        return Text(await engine.WaitReadyAsync(name, s_patience, CancellationToken.None));
    }

    /// <summary>Creates a VM and gives the milliseconds until it was ready.</summary>
    private async Task<string> TimeAsync(string name)
    {
        long began = Stopwatch.GetTimestamp();
        await CreateAsync(name);
        return "ok " + Text(Stopwatch.GetElapsedTime(began));
    }

    /// <summary>Creates many VMs by several callers at once; gives the milliseconds of all, then of each.</summary>
    private async Task<string> ManyAsync(string prefix, int count, int callers)
    {
        long began = Stopwatch.GetTimestamp();
        ConcurrentQueue<int> numbers = new(Enumerable.Range(0, count));
        ConcurrentBag<TimeSpan> times = [];
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (numbers.TryDequeue(out int number))
            {
                long start = Stopwatch.GetTimestamp();
                await CreateAsync(prefix + number.ToString(CultureInfo.InvariantCulture));
                times.Add(Stopwatch.GetElapsedTime(start));
            }
        })));
        return $"ok {Text(Stopwatch.GetElapsedTime(began))} {string.Join(' ', times.Select(Text))}";
    }

    /// <summary>Deletes every VM, by several callers at once.</summary>
    private async Task<string> EmptyAsync(int callers)
    {
        await Parallel.ForEachAsync(
            engine.List(null, null, null, int.MaxValue),
            new ParallelOptions { MaxDegreeOfParallelism = callers },
            async (vm, cancellation) => await engine.DeleteAsync(vm.Name, cancellation));
        return "ok";
    }

    /// <summary>The bytes that are in use after a collection, and those of the whole process.</summary>
    private static string Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using Process self = Process.GetCurrentProcess();
        return $"ok {GC.GetTotalMemory(forceFullCollection: true)} {self.WorkingSet64}";
    }

    private static string Text(TimeSpan time) => time.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture);

    private async Task<string> StartAsync(string name)
    {
        await engine.StartAsync(name, CancellationToken.None);
        return Text(await engine.WaitReadyAsync(name, s_patience, CancellationToken.None));
    }

    private async Task<string> RestartAsync(string name)
    {
        await engine.RestartAsync(name, force: true, CancellationToken.None);
        return Text(await engine.WaitReadyAsync(name, s_patience, CancellationToken.None));
    }

    private async Task<string> SampleAsync()
    {
        await AwaitSample.RunAsync(told);
        return "ok";
    }

    /// <summary>Carries out a command and gives the await points that it came by.</summary>
    private async Task<string> ListPointsAsync(AwaitPoints points, string[] command)
    {
        points.Record();
        string answer = await RunAsync(string.Join(' ', command));
        IReadOnlyList<string> seen = points.Take();
        return answer.StartsWith("ok", StringComparison.Ordinal) ? "ok " + string.Join(' ', seen) : answer;
    }

    /// <summary>Carries out a command unless it comes by an await point, at which the process dies.</summary>
    private async Task<string> DieAsync(AwaitPoints points, string point, string[] command)
    {
        points.DieAt(point);
        string answer = await RunAsync(string.Join(' ', command));
        points.DieAt(null);
        return answer;
    }

    private async Task<string> DeleteAsync(string name)
    {
        await engine.DeleteAsync(name, CancellationToken.None);
        return "ok";
    }

    /// <summary>Every event so far, as <c>SEQ:TYPE:VM</c>.</summary>
    private async Task<string> EventsAsync()
    {
        long last = engine.GetStatus().LastSeq;
        List<string> events = [];
        if (last > 0)
        {
            await foreach (VmEvent e in engine.ReadEventsAsync(0, null, CancellationToken.None))
            {
                events.Add(EventClient.Text(e));
                if (e.Seq >= last)
                {
                    break;
                }
            }
        }

        return "ok " + string.Join(' ', events);
    }

    private static string Text(Vm vm) => $"ok {vm.Name}={vm.Status}";
}

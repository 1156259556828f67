using System.Diagnostics;
using System.Globalization;

namespace Viper.Bench.Peers;

/// <summary>What a peer needed for an operation; CPU with that of the programs it has started.</summary>
internal readonly record struct Figures(double MedianNanoseconds, double CpuMicroseconds, double Bytes)
{
    private const int InFlight = 64;
    private const double TickMicroseconds = 10_000;

    public static async Task<Figures> MeasureAsync(IPeer peer, string what, int count)
    {
        double cpu = CpuNow();
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        double[] times = what switch
        {
            "evaluate" => await InTurnAsync(peer, count),
            "pipelined" => await InFlightAsync(peer, count),
            _ => await HearAsync(peer, count),
        };
        Array.Sort(times);
        return new Figures(
            times[times.Length / 2], (CpuNow() - cpu) / count, (double)(GC.GetTotalAllocatedBytes(precise: true) - bytes) / count);
    }

    private static async Task<double[]> InTurnAsync(IPeer peer, int count)
    {
        double[] times = new double[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await peer.EvaluateAsync();
            times[i] = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        }

        return times;
    }

    private static async Task<double[]> InFlightAsync(IPeer peer, int count)
    {
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async _ =>
        {
            for (int i = 0; i < count / InFlight; i++)
            {
                await peer.EvaluateAsync();
            }
        }));
        return [Stopwatch.GetElapsedTime(start).TotalNanoseconds / count];
    }

    private static async Task<double[]> HearAsync(IPeer peer, int count)
    {
        long start = Stopwatch.GetTimestamp();
        await peer.HearAsync(count);
        return [Stopwatch.GetElapsedTime(start).TotalNanoseconds / count];
    }

    private static double CpuNow()
    {
        double own = Environment.CpuUsage.TotalTime.TotalMicroseconds;
        string parent = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        foreach (string folder in Directory.GetDirectories("/proc").Where(static f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            try
            {
                // proc(5): behind the name in parentheses, the parent is the 2nd field, user and system time the 12th and 13th.
                string stat = File.ReadAllText(Path.Combine(folder, "stat"));
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (fields[1] == parent)
                {
                    own += (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) * TickMicroseconds;
                }
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return own;
    }
}

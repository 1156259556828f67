using System.Diagnostics;
using Viper.Cdp;
using Viper.Cdp.Domains;
using Viper.Stage;

namespace Viper.Bench.Cdp;

/// <summary>Viper.Cdp, with a thread of its own.</summary>
internal sealed class OurClient : IAsyncDisposable
{
    private const int InFlight = 64;

    private readonly CdpConnection _connection;
    private readonly CdpSession _session;

    private OurClient(CdpConnection connection, CdpSession session)
    {
        _connection = connection;
        _session = session;
    }

    public static async Task<OurClient> ConnectAsync(Uri address, string target, CdpThreading threading, CancellationToken cancellationToken)
    {
        CdpConnection connection = await CdpConnection.ConnectAsync(address, new CdpConnectionOptions { Threading = threading }, cancellationToken);
        Target.AttachToTargetResult attached = await connection.Browser.Target.AttachToTargetAsync(target, flatten: true, cancellationToken: cancellationToken);
        return new OurClient(connection, connection.GetSession(attached.SessionId));
    }

    public async Task<CdpFigures> MeasureAsync(string what, int count, CancellationToken cancellationToken)
    {
        if (what == "events")
        {
            await _session.Runtime.EnableAsync(cancellationToken);
        }

        double[] times = new double[what is "evaluate" or "typed" ? count : 1];
        double cpu = Environment.CpuUsage.TotalTime.TotalMicroseconds;
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        switch (what)
        {
            case "evaluate":
                await EvaluateAsync(times, cancellationToken);
                break;
            case "typed":
                await EvaluateTypedAsync(times, cancellationToken);
                break;
            case "pipelined":
                await PipelinedAsync(count, cancellationToken);
                break;
            case "events":
                await HearAsync(count, cancellationToken);
                break;
            default:
                await CopyAsync(what == "png", count, cancellationToken);
                break;
        }

        double whole = Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        cpu = Environment.CpuUsage.TotalTime.TotalMicroseconds - cpu;
        if (what == "events")
        {
            await _session.Runtime.DisableAsync(cancellationToken);
            await _session.Runtime.DiscardConsoleEntriesAsync(cancellationToken);
        }

        return new CdpFigures(times.Length > 1 ? Statistics.Median(times) : whole, cpu / count, (double)bytes / count);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task EvaluateAsync(double[] times, CancellationToken cancellationToken)
    {
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using CdpReply reply = await _session.SendAsync(new Runtime.EvaluateCommand { Expression = "1+1", ReturnByValue = true }, cancellationToken);
            Check(reply);
            times[i] = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        }
    }

    private async Task EvaluateTypedAsync(double[] times, CancellationToken cancellationToken)
    {
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Runtime.EvaluateResult result = await _session.Runtime.EvaluateAsync("1+1", returnByValue: true, cancellationToken: cancellationToken);
            Check(result.Result.Value.Json.GetInt32() == 2);
            times[i] = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        }
    }

    private Task PipelinedAsync(int count, CancellationToken cancellationToken)
    {
        Task[] workers = new Task[InFlight];
        for (int i = 0; i < InFlight; i++)
        {
            workers[i] = WorkAsync();
        }

        return Task.WhenAll(workers);

        async Task WorkAsync()
        {
            for (int i = 0; i < count / InFlight; i++)
            {
                using CdpReply reply = await _session.SendAsync(new Runtime.EvaluateCommand { Expression = "1+1", ReturnByValue = true }, cancellationToken);
                Check(reply);
            }
        }
    }

    private async Task HearAsync(int count, CancellationToken cancellationToken)
    {
        int heard = 0;
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable hearing = _session.Hear("Runtime.consoleAPICalled"u8, next =>
        {
            if (next.Parameters["args"u8].IsPresent && ++heard == count)
            {
                all.SetResult();
            }
        });
        (await _session.SendAsync(new Runtime.EvaluateCommand { Expression = $"for(let i=0;i<{count};i++)console.log(i)" }, cancellationToken)).Dispose();
        await all.Task;
    }

    private async Task CopyAsync(bool isPng, int count, CancellationToken cancellationToken)
    {
        for (int i = 0; i < count; i++)
        {
            (isPng
                ? await _session.CopyAsync(new Page.CaptureScreenshotCommand { Format = Page.CaptureScreenshotFormat.Png }, CdpPayload.Data, Stream.Null, cancellationToken)
                : await _session.CopyAsync(
                    new Runtime.EvaluateCommand { Expression = "'x'.repeat(10000000)", ReturnByValue = true }, CdpPayload.TextValue, Stream.Null, cancellationToken)).Dispose();
        }
    }

    private static void Check(CdpReply reply) => Check(new Runtime.EvaluateResultView(reply.Result).Result.Value.GetInt32() == 2);

    private static void Check(bool isRight)
    {
        if (!isRight)
        {
            throw new StageException("Chrome gave another answer.");
        }
    }
}

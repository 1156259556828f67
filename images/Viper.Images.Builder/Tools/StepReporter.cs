using System.Diagnostics;

namespace Viper.Images.Builder.Tools;

/// <summary>Tells the caller what is being done and how long it took.</summary>
internal sealed class StepReporter(IProgress<BuildStep>? progress)
{
    internal async Task<T> RunAsync<T>(string name, Func<Task<T>> work, Func<T, string> detail)
    {
        progress?.Report(new BuildStep(name, null, null));
        long start = Stopwatch.GetTimestamp();
        T result = await work().ConfigureAwait(false);
        progress?.Report(new BuildStep(name, detail(result), Stopwatch.GetElapsedTime(start)));
        return result;
    }
}

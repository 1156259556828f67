namespace Viper.EngineHost;

/// <summary>A method that tells of each of its steps: what it had told when the process died shows where that was.</summary>
internal static class AwaitSample
{
    public const int Steps = 4;

    public static async Task RunAsync(TextWriter told)
    {
        for (int step = 1; step <= Steps; step++)
        {
            await told.WriteLineAsync($"step {step}");
            await Task.Yield();
        }
    }
}

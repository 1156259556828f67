namespace Viper.Images.Builder.Tests;

/// <summary>Keeps the news of a build as they come, and does something at each.</summary>
internal sealed class StepList(List<BuildStep> steps, Action<BuildStep>? then = null) : IProgress<BuildStep>
{
    public void Report(BuildStep value)
    {
        lock (steps)
        {
            steps.Add(value);
            then?.Invoke(value);
        }
    }
}

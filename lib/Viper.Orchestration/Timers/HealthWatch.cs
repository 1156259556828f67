using Viper.Orchestration.Guest;
using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Timers;

/// <summary>Asks a VM's agent from time to time, and tells when it has not answered several times in a row, and when it does again.</summary>
internal sealed class HealthWatch(EngineParts parts, AgentAddress agent)
{
    /// <summary>Runs until the token ends.</summary>
    /// <param name="isAskable">False while no answer can be expected, as of a paused VM.</param>
    /// <param name="changed">Told whether the agent answers, with each change of that.</param>
    /// <param name="over">Ends it.</param>
    public async Task RunAsync(Func<bool> isAskable, Func<bool, Task> changed, CancellationToken over)
    {
        int missed = 0;
        while (true)
        {
            await Task.Delay(parts.Settings.HealthInterval, parts.Time, over).ConfigureAwait(false);
            if (!isAskable())
            {
                continue;
            }

            AgentHealth? health = await parts.Agents.AskAsync(agent, over).ConfigureAwait(false);
            if (!isAskable())
            {
                // It was paused or stopped meanwhile: no answer means nothing.
                continue;
            }

            bool wasHealthy = missed < parts.Settings.HealthFailures;
            missed = health is null ? missed + 1 : 0;
            bool isHealthy = missed < parts.Settings.HealthFailures;
            if (isHealthy != wasHealthy)
            {
                await changed(isHealthy).ConfigureAwait(false);
            }
        }
    }
}

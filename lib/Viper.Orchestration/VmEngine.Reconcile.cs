using Viper.Contracts;
using Viper.Orchestration.Internal;

namespace Viper.Orchestration;

public sealed partial class VmEngine
{
    internal Reconciler MakeReconciler() => new(
        _parts, () => _actors.Values.Where(static actor => actor.Run is not null).Select(static actor => actor.Record.Id).ToHashSet(StringComparer.Ordinal));

    private async Task ReconcileAsync()
    {
        if (_parts.Settings.ReconcileInterval <= TimeSpan.Zero)
        {
            return;
        }

        Reconciler reconciler = MakeReconciler();
        using PeriodicTimer timer = new(_parts.Settings.ReconcileInterval, _parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token).ConfigureAwait(false))
            {
                await reconciler.LookAsync().ConfigureAwait(false);
                foreach (VmActor actor in _actors.Values)
                {
                    actor.RetryLateEnd();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The engine closes.
        }
    }

    private void ReportRepaired(string what) => HostEvents.Tell(_parts, VmEventTypes.NetworkRepaired, what);
}

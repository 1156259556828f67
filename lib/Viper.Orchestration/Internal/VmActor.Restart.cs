using System.Text.Json;
using Viper.Contracts;
using Viper.Orchestration.Admission;
using Viper.Orchestration.Lifecycle;
using Viper.Orchestration.Timers;

namespace Viper.Orchestration.Internal;

internal sealed partial class VmActor
{
    private CancellationTokenSource? _restart;
    private int _failures;
    private long _readyTimestamp;
    private bool _isRestartTold;

    /// <summary>Calls off the restart that the policy has in mind, if it has one.</summary>
    public void CallOffRestart()
    {
        lock (_startGate)
        {
            _restart?.Cancel();
            _restart = null;
        }
    }

    /// <summary>Begins another run after a while, if the policy wants one, for a VM that an earlier daemon left behind.</summary>
    public void RestartLost() => _mailbox.TryPost(
        () =>
        {
            if (_run is null)
            {
                // The earlier daemon may have told of it.
                _isRestartTold = true;
                RestartByPolicy(Recovery.Reason, isFailure: _record.Status == VmStatus.Crashed);
            }

            return Task.FromResult(true);
        },
        out _);

    /// <summary>Begins another run after a while, if the policy wants one. Only within the mailbox, with no run left.</summary>
    private void RestartByPolicy(string reason, bool isFailure)
    {
        if (!(isFailure ? _timers.RestartOnFailure : _timers.RestartOnPowerOff))
        {
            return;
        }

        EngineSettings settings = _parts.Settings;
        bool wasSteady = _readyTimestamp != 0 && _parts.Time.GetElapsedTime(_readyTimestamp) >= settings.RestartSteady;
        _readyTimestamp = 0;
        _failures = wasSteady ? 1 : _failures + 1;
        TimeSpan delay = Backoff.Of(_failures, settings.RestartBackoff, settings.RestartBackoffMax);
        CancellationTokenSource restart = new();
        lock (_startGate)
        {
            if (_pendingEnds > 0)
            {
                return;
            }

            _restart = restart;
        }

        VmRestartData data = new() { Reason = reason, Attempt = _failures, DelaySeconds = delay.TotalSeconds };
        Append(VmEventTypes.Restarting, JsonSerializer.Serialize(data, ViperJson.Default.VmRestartData));
        _isRestartTold = true;
        _ = FollowAsync(RestartAfterAsync(delay, restart.Token));
    }

    private async Task RestartAfterAsync(TimeSpan delay, CancellationToken calledOff)
    {
        await Task.Delay(delay, _parts.Time, calledOff).ConfigureAwait(false);
        try
        {
            BootPlan plan = await BootPlan.MakeAsync(_parts, _record.Image, calledOff).ConfigureAwait(false);
            plan = plan with { Claim = _parts.Admission.AdmitNow(VmDemand.Of(_record)) };
            _ = PostStart(plan, isEnd: false, begun => StartByPolicyAsync(plan, begun, calledOff));
        }
        catch (EngineException e)
        {
            // No place, no bridge, no image: the next attempt may find it.
            _mailbox.TryPost(
                () =>
                {
                    if (!calledOff.IsCancellationRequested)
                    {
                        RestartByPolicy(e.Message, isFailure: true);
                    }

                    return Task.FromResult(true);
                },
                out _);
        }
    }

    private async Task StartByPolicyAsync(BootPlan plan, TaskCompletionSource<Vm> begun, CancellationToken calledOff)
    {
        if (calledOff.IsCancellationRequested)
        {
            plan.Claim?.Dispose();
            begun.TrySetResult(View());
            return;
        }

        await StartCoreAsync(plan, () => Decide(VmCommand.Start), begun, kind: null).ConfigureAwait(false);
        if (_startFailure is { } failure && _run is null && _record.Status == VmStatus.Crashed)
        {
            RestartByPolicy(failure.Message, isFailure: true);
        }
    }
}

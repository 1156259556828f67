using Viper.Contracts;
using Viper.Orchestration.Internal;
using Waiter = Viper.Orchestration.Admission.AdmissionQueue.Waiter;

namespace Viper.Orchestration.Admission;

/// <summary>Decides which VM may begin a run, and lets others wait for a place if they want to. Thread-safe.</summary>
/// <remarks>
/// Who does not fit holds back whoever comes later, however little that wants: otherwise a large VM would wait for ever. Only a
/// request that waits for its owner's own quota holds nobody else back.
/// </remarks>
internal sealed class VmAdmission(EngineSettings settings, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly EngineLimits _limits = settings.Limits;
    private readonly UsedResources _used = new(settings.Limits, HostCapacity.Of(settings));
    private readonly AdmissionQueue _queue = new();

    public int Queued
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Takes a place for a VM, or throws what there is not enough of.</summary>
    /// <param name="demand">What the VM has while it is up.</param>
    /// <param name="wait">How long to wait for a place; zero not to. Bounded by the settings.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<VmClaim> AdmitAsync(VmDemand demand, TimeSpan wait, CancellationToken cancellationToken)
    {
        TimeSpan patience = wait < _limits.QueueTimeout ? wait : _limits.QueueTimeout;
        RefuseUnderPressure();
        Waiter? waiter = TakeOrQueue(demand, patience > TimeSpan.Zero);
        if (waiter is not null)
        {
            await WaitAsync(waiter, patience, cancellationToken).ConfigureAwait(false);
        }

        return new VmClaim(this, demand);
    }

    /// <summary>As <see cref="AdmitAsync"/>, without waiting.</summary>
    public VmClaim AdmitNow(VmDemand demand)
    {
        RefuseUnderPressure();
        TakeOrQueue(demand, mayWait: false);
        return new VmClaim(this, demand);
    }

    /// <summary>The place of a VM that is up already, whatever the limits say now: reconnecting is never limited.</summary>
    public VmClaim ClaimForLiving(VmDemand demand)
    {
        lock (_gate)
        {
            _used.Take(demand);
        }

        return new VmClaim(this, demand);
    }

    /// <summary>Limits, use and queue.</summary>
    public SystemLimits List()
    {
        lock (_gate)
        {
            return new SystemLimits
            {
                MaxVms = _limits.MaxVms > 0 ? _limits.MaxVms : null,
                MaxVmsPerOwner = _limits.MaxVmsPerOwner > 0 ? _limits.MaxVmsPerOwner : null,
                Running = _used.Vms,
                Queued = _queue.Count,
                QueueLength = _limits.QueueLength,
                QueueTimeoutSeconds = (int)_limits.QueueTimeout.TotalSeconds,
                Resources = _used.List(),
            };
        }
    }

    internal void Release(VmDemand demand)
    {
        lock (_gate)
        {
            _used.Give(demand);
            Pump();
        }
    }

    /// <summary>Null where the place is taken; otherwise who waits for it.</summary>
    private Waiter? TakeOrQueue(VmDemand demand, bool mayWait)
    {
        lock (_gate)
        {
            Shortage? shortage = _used.OfOwner(demand) ?? _used.OfAll(demand);
            if (shortage is null && !_queue.Heads.Any(head => _used.OfOwner(head.Demand) is null))
            {
                _used.Take(demand);
                return null;
            }

            if (!mayWait || shortage is { IsForEver: true } || _queue.Count >= _limits.QueueLength)
            {
                throw EngineProblems.NoCapacity(shortage, _used.Vms, _queue.Count, mayWait ? _limits.QueueLength : null);
            }

            Waiter waiter = new(demand);
            _queue.Add(waiter);
            return waiter;
        }
    }

    private async Task WaitAsync(Waiter waiter, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Admitted.Task.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (_gate)
            {
                Shortage? shortage = _used.OfOwner(waiter.Demand) ?? _used.OfAll(waiter.Demand);
                if (!_queue.Remove(waiter))
                {
                    // Admitted in the same moment. The place goes to the next.
                    _used.Give(waiter.Demand);
                }

                Pump();
                if (e is TimeoutException)
                {
                    throw EngineProblems.QueueTimeout(shortage, _used.Vms, _queue.Count, patience);
                }
            }

            throw;
        }
    }

    private void Pump()
    {
        while (_queue.Heads.FirstOrDefault(head => _used.OfOwner(head.Demand) is null) is { } next && _used.OfAll(next.Demand) is null)
        {
            _used.Take(next.Demand);
            _queue.Serve(next);
            next.Admitted.TrySetResult();
        }
    }

    private void RefuseUnderPressure()
    {
        if (HostCapacity.Pressure(settings) is { } pressure)
        {
            lock (_gate)
            {
                throw EngineProblems.Overloaded(pressure, _used.Vms, _queue.Count);
            }
        }
    }
}

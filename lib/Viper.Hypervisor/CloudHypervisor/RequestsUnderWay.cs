namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>The requests of one client that have no answer yet, since each must wait for those before it.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RequestsUnderWay
{
    private readonly Lock _lock = new();
    private readonly int[] _counts = new int[(int)ApiLimit.Migration + 1];

    /// <summary>Adds a request.</summary>
    /// <returns>How long it may take: its own limit, or that of the longest before it. An endless migration extends no other's.</returns>
    public TimeSpan Enter(ApiOperation operation, VmmRequestLimits limits)
    {
        lock (_lock)
        {
            TimeSpan limit = Of(operation.Limit, limits);
            for (int kind = 0; kind < (int)ApiLimit.Migration; kind++)
            {
                TimeSpan other = Of((ApiLimit)kind, limits);
                if (_counts[kind] > 0 && other > limit)
                {
                    limit = other;
                }
            }

            _counts[(int)operation.Limit]++;
            return limit;
        }
    }

    /// <summary>Whether the VMM is busy with a migration that another request than this one has asked for.</summary>
    public bool Receives(ApiOperation operation)
    {
        lock (_lock)
        {
            return operation.Limit != ApiLimit.Migration && _counts[(int)ApiLimit.Migration] > 0;
        }
    }

    public void Leave(ApiOperation operation)
    {
        lock (_lock)
        {
            _counts[(int)operation.Limit]--;
        }
    }

    private static TimeSpan Of(ApiLimit limit, VmmRequestLimits limits) => limit switch
    {
        ApiLimit.Query => limits.Query,
        ApiLimit.Boot => limits.Boot,
        ApiLimit.Memory => limits.Memory,
        ApiLimit.Migration => limits.Migration,
        _ => limits.Change,
    };
}

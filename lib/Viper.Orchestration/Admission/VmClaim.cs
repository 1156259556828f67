namespace Viper.Orchestration.Admission;

/// <summary>A VM's place among those that are up; given back by disposal, once, however often that is called. Thread-safe.</summary>
internal sealed class VmClaim(VmAdmission admission, VmDemand demand) : IDisposable
{
    private int _isOver;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            admission.Release(demand);
        }
    }
}

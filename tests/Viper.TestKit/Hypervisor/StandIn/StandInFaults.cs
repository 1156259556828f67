using System.Collections.Concurrent;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>Says which request goes wrong, and how.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class StandInFaults(IReadOnlyList<StandInFault> faults)
{
    private readonly ConcurrentDictionary<string, int> _seen = new();

    /// <summary>The fault of the next request of this operation; null if it is answered rightly.</summary>
    public StandInFault? Next(string operation)
    {
        int count = _seen.AddOrUpdate(operation, 1, (_, before) => before + 1);
        return faults.FirstOrDefault(fault =>
            (fault.Operation.Length == 0 || fault.Operation == operation)
            && (fault.Occurrence == 0 || fault.Occurrence == count)
            && fault.Kind is not (StandInFaultKind.None or StandInFaultKind.Ignore));
    }
}

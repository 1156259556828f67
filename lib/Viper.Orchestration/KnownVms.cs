using Viper.Orchestration.Internal;
using Viper.State;

namespace Viper.Orchestration;

/// <summary>What the state database tells of VMs to programs that run beside the daemon.</summary>
public static class KnownVms
{
    /// <summary>The names of VMs by the taps that they have or had.</summary>
    /// <param name="stateDirectory">The state directory; one without a database knows none.</param>
    /// <exception cref="EngineException">The database cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> NamesByTap(string stateDirectory)
    {
        string path = Path.Combine(stateDirectory, "state.db");
        if (!File.Exists(path))
        {
            return new Dictionary<string, string>();
        }

        try
        {
            using StateStore store = StateStore.OpenReadOnly(path);
            return store.ListVms(new VmQuery { Limit = int.MaxValue }).Where(static vm => vm.TapName is not null)
                .ToDictionary(static vm => vm.TapName!, static vm => vm.Name);
        }
        catch (StateException e)
        {
            throw EngineProblems.Storage(e);
        }
    }
}

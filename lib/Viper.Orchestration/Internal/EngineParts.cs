using Microsoft.Extensions.Logging;
using Viper.Orchestration.Admission;
using Viper.Orchestration.Guest;
using Viper.State;

namespace Viper.Orchestration.Internal;

/// <summary>What the engine is put together from; every VM's actor shares it.</summary>
internal sealed record EngineParts(
    EngineSettings Settings,
    StateStore Store,
    IVmNetwork Network,
    IHypervisorSource Hypervisors,
    IImageSource Images,
    IAgentProbe Agents,
    VmAdmission Admission,
    ChangeSignal EventAppended,
    TimeProvider Time,
    ILogger Log);

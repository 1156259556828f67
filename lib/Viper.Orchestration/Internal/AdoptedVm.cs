using Viper.Hypervisor;

namespace Viper.Orchestration.Internal;

/// <summary>A VM that outlived the daemon that had started it.</summary>
internal sealed record AdoptedVm(VmRun Run, IMachine Machine);

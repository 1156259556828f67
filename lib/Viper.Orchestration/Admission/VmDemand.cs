using System.Text.Json;
using Viper.Contracts;
using Viper.State;

namespace Viper.Orchestration.Admission;

/// <summary>What a VM has of the host while it is up.</summary>
/// <param name="Owner">Whose it is; empty where nobody said.</param>
/// <param name="CpuCores">vCPUs.</param>
/// <param name="MemoryMb">Memory in MiB.</param>
internal sealed record VmDemand(string Owner, int CpuCores, int MemoryMb)
{
    public static VmDemand Of(IReadOnlyDictionary<string, string>? labels, int cpuCores, int memoryMb) =>
        new(labels?.GetValueOrDefault(EngineLimits.OwnerLabel) ?? "", cpuCores, memoryMb);

    public static VmDemand Of(VmRecord vm) =>
        Of(JsonSerializer.Deserialize(vm.LabelsJson, ViperJson.Default.IReadOnlyDictionaryStringString), vm.CpuCores, vm.MemoryMb);
}

using Viper.Hypervisor;

namespace Viper.Orchestration.Internal;

/// <summary>How VMMs are spelled on the wire and in settings.</summary>
internal static class HypervisorNames
{
    public const string Qemu = "qemu";
    public const string CloudHypervisor = "cloud-hypervisor";

    public static string Of(HypervisorKind kind) => kind == HypervisorKind.CloudHypervisor ? CloudHypervisor : Qemu;
}

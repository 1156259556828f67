using Viper.Hypervisor;
using Viper.Hypervisor.Machines;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>The contract on the real Cloud Hypervisor, wherever it is found.</summary>
public sealed class CloudHypervisorContract : MachineContract
{
    protected override string Kind => "c";

    // Its event device for the button is where the ACPI tables say, which the tiny guest does not read.
    protected override bool HearsButton => false;

    protected override MachineCapabilities Expected => MachineCapabilities.Pause | MachineCapabilities.PowerButton;

    protected override HypervisorOptions FindOptions()
    {
        string? path = Environment.GetEnvironmentVariable("VIPER_CLOUD_HYPERVISOR");
        Assert.SkipUnless(
            HostFacts.Find(path ?? "cloud-hypervisor") is not null,
            "There is no cloud-hypervisor on PATH or in VIPER_CLOUD_HYPERVISOR.");
        return new HypervisorOptions { Choice = HypervisorChoice.CloudHypervisor, CloudHypervisorPath = path };
    }
}

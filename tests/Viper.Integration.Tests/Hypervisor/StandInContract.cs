using Viper.Hypervisor;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>The contract on the stand-in for Cloud Hypervisor.</summary>
public sealed class StandInContract : MachineContract
{
    protected override string Kind => "c";

    protected override bool Counts => false;

    protected override MachineCapabilities Expected => MachineCapabilities.Pause | MachineCapabilities.PowerButton;

    protected override HypervisorOptions FindOptions()
    {
        string program = Folder["cloud-hypervisor"];
        if (!File.Exists(program))
        {
            StandInProgram.Write(program);
        }

        return new HypervisorOptions { Choice = HypervisorChoice.CloudHypervisor, CloudHypervisorPath = program };
    }
}

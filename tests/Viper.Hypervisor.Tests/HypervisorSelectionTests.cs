using Viper.Hypervisor.Machines;

namespace Viper.Hypervisor.Tests;

public sealed class HypervisorSelectionTests
{
    [Theory]
    [InlineData(true, true, true, HypervisorKind.CloudHypervisor, Accelerator.Kvm)]
    [InlineData(true, true, false, HypervisorKind.Qemu, Accelerator.Tcg)]
    [InlineData(true, false, true, HypervisorKind.Qemu, Accelerator.Tcg)]
    [InlineData(false, true, true, HypervisorKind.Qemu, Accelerator.Kvm)]
    [InlineData(false, false, true, HypervisorKind.Qemu, Accelerator.Tcg)]
    public void Decide_Auto_NeedsProgramCpuAndDevice(bool found, bool cpu, bool kvm, HypervisorKind kind, Accelerator accelerator)
    {
        HypervisorDecision decision = HypervisorSelection.Decide(new HypervisorOptions(), Facts(cpu, kvm, found));

        Assert.Equal((kind, accelerator), (decision.Kind, decision.Accelerator));
    }

    [Fact]
    public void Decide_ExplicitPath_IsTaken()
    {
        HypervisorOptions options = new() { Choice = HypervisorChoice.Qemu, QemuPath = "/opt/qemu" };

        Assert.Equal("/opt/qemu", HypervisorSelection.Decide(options, new HostFacts(false, false, path => path)).ProgramPath);
    }

    [Fact]
    public void Decide_CloudHypervisorMissing_SaysWhatBringsIt()
    {
        HypervisorProgramMissingException error = Assert.Throws<HypervisorProgramMissingException>(
            () => HypervisorSelection.Decide(new HypervisorOptions { Choice = HypervisorChoice.CloudHypervisor }, Facts(true, true, false)));

        Assert.Equal(HypervisorKind.CloudHypervisor, error.Kind);
        Assert.Contains("VIPER_CLOUD_HYPERVISOR", error.Message);
    }

    [Fact]
    public void Decide_KvmThatDoesNotOpen_IsUnsupported()
    {
        HypervisorOptions options = new() { Choice = HypervisorChoice.Qemu, Accelerator = AcceleratorChoice.Kvm };

        Assert.Throws<HypervisorUnsupportedException>(() => HypervisorSelection.Decide(options, Facts(true, false, false)));
    }

    [Theory]
    [InlineData("auto", true, HypervisorChoice.Auto)]
    [InlineData("qemu", true, HypervisorChoice.Qemu)]
    [InlineData("cloud-hypervisor", true, HypervisorChoice.CloudHypervisor)]
    [InlineData("QEMU", false, HypervisorChoice.Auto)]
    [InlineData(null, false, HypervisorChoice.Auto)]
    public void TryParse_Setting_KnowsThree(string? text, bool known, HypervisorChoice choice)
    {
        Assert.Equal(known, HypervisorSelection.TryParse(text, out HypervisorChoice parsed));
        Assert.Equal(choice, parsed);
    }

    [Theory]
    [InlineData("flags\t\t: fpu vmx sse", true)]
    [InlineData("flags\t\t: fpu svm", true)]
    [InlineData("flags\t\t: fpu svm_lock nosvm", false)]
    [InlineData("model name: vmx", false)]
    public void ShowsVirtualisation_CpuInfo_LooksForWholeFlags(string text, bool shows) =>
        Assert.Equal(shows, HostFacts.ShowsVirtualisation(text));

    [Fact]
    public void Find_NameOnPathOrPath_IsAnExecutableFile()
    {
        Assert.NotNull(HostFacts.Find("sh"));
        Assert.Equal("/bin/sh", HostFacts.Find("/bin/sh"));
        Assert.Null(HostFacts.Find("/etc/passwd"));
        Assert.Null(HostFacts.Find("no-such-program"));
    }

    private static HostFacts Facts(bool cpu, bool kvm, bool cloudHypervisor) =>
        new(cpu, kvm, name => name != "cloud-hypervisor" || cloudHypervisor ? $"/usr/bin/{name}" : null);
}

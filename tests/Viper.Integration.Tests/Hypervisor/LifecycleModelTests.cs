using System.Globalization;
using Viper.Hypervisor;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>Random sequences of operations: many on the stand-in, some on QEMU; VIPER_MODEL_LIVES asks for more of both.</summary>
public sealed class LifecycleModelTests : IDisposable
{
    private readonly ShortFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task StandIn_ThousandsOfOperations_AgreeWithTheModel()
    {
        string program = _folder["cloud-hypervisor"];
        StandInProgram.Write(program);
        IHypervisor hypervisor = await HypervisorSelection.SelectAsync(
            new HypervisorOptions { Choice = HypervisorChoice.CloudHypervisor, CloudHypervisorPath = program },
            TestContext.Current.CancellationToken);

        Assert.True(LifecycleModel.Check(hypervisor, "c", Lives(40), 50) >= 2000);
    }

    [Theory]
    [InlineData(QemuMachineType.Microvm, "m")]
    [InlineData(QemuMachineType.Q35, "q")]
    public async Task Qemu_TensOfLives_AgreeWithTheModel(QemuMachineType type, string kind)
    {
        IHypervisor hypervisor = await HypervisorSelection.SelectAsync(
            new HypervisorOptions { Choice = HypervisorChoice.Qemu, QemuMachine = type }, TestContext.Current.CancellationToken);

        Assert.True(LifecycleModel.Check(hypervisor, kind, Lives(15), 12) >= 15);
    }

    private static int Lives(int usual) =>
        Environment.GetEnvironmentVariable("VIPER_MODEL_LIVES") is { } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : usual;
}

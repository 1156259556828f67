using Viper.Hypervisor;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>The real program, wherever it is found.</summary>
public sealed class CloudHypervisorProgramTests : IDisposable
{
    private readonly ShortFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task StartAsync_RealProgram_RunsAndStops()
    {
        IHypervisor hypervisor = await FindAsync();
        MachineSpec spec = MachineSpecs.Small(await TestGuest.GetAsync(), _folder);

        // No word of the guest is awaited: a stock kernel does not run on every KVM.
        await using IMachine machine = await hypervisor.StartAsync(spec, Cancellation);
        await machine.PauseAsync(Cancellation);
        await machine.ResumeAsync(Cancellation);
        StopOutcome outcome = await machine.StopAsync(TimeSpan.Zero, Cancellation);

        Assert.Equal(StopStage.Quit, outcome.Stage);
        Assert.False(Directory.Exists(spec.RunDirectory));
    }

    private static async Task<IHypervisor> FindAsync()
    {
        try
        {
            string? path = Environment.GetEnvironmentVariable("VIPER_CLOUD_HYPERVISOR");
            return await HypervisorSelection.SelectAsync(
                new HypervisorOptions { Choice = HypervisorChoice.CloudHypervisor, CloudHypervisorPath = path }, Cancellation);
        }
        catch (HypervisorProgramMissingException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }
}

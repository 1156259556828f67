using Viper.Hypervisor;
using Viper.Integration.Tests.Hypervisor.Guest;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>What every machine does, whatever runs it; what one cannot do is asserted to be a typed error.</summary>
public abstract partial class MachineContract : IDisposable
{
    protected static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private readonly ShortFolder _folder = new();
    private readonly CancellationTokenSource _deadline =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected MachineContract() => _deadline.CancelAfter(TimeSpan.FromMinutes(3));

    protected CancellationToken Deadline => _deadline.Token;

    private protected ShortFolder Folder => _folder;

    /// <summary>The guest's name for its machine.</summary>
    protected abstract string Kind { get; }

    /// <summary>What a machine that is asked for everything can do at least.</summary>
    protected abstract MachineCapabilities Expected { get; }

    /// <summary>Whether the guest on this machine notices the power button.</summary>
    protected virtual bool HearsButton => true;

    /// <summary>Whether the guest lets go of a device when it is asked to.</summary>
    protected virtual bool LetsGo => false;

    /// <summary>Whether the guest is the tiny one, which counts.</summary>
    protected virtual bool Counts => true;

    public virtual void Dispose()
    {
        _deadline.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>How to select the hypervisor; skips with a reason where the program is not there.</summary>
    protected abstract HypervisorOptions FindOptions();

    protected Task<IHypervisor> SelectAsync() => HypervisorSelection.SelectAsync(FindOptions(), Deadline);

    /// <summary>A description that asks for every capability that a description decides.</summary>
    protected MachineSpec Spec(string name = "a") => TinySpec.Make(_folder.Path, Kind, name) with { Balloon = true, HotplugSlots = 2 };

    protected async Task<IMachine> StartUpAsync(MachineSpec? spec = null)
    {
        IHypervisor hypervisor = await SelectAsync();
        IMachine machine = await hypervisor.StartAsync(spec ?? Spec(), Deadline);
        await machine.Serial.SeeAsync("guest: up", Deadline);
        return machine;
    }

    /// <summary>Types a character and waits for the guest's answer to it.</summary>
    protected async Task EchoAsync(IMachine machine, char typed, char? answer = null)
    {
        await machine.Serial.TypeAsync(typed.ToString(), Deadline);
        await machine.Serial.SeeAsync($"guest: echo {answer ?? typed}", Deadline);
    }

    /// <summary>True when the machine has the capability; otherwise asserts the typed error.</summary>
    protected static async Task<bool> OffersAsync(IMachine machine, MachineCapabilities capability, Func<Task> use)
    {
        if ((machine.Capabilities & capability) != 0)
        {
            return true;
        }

        HypervisorUnsupportedException error = await Assert.ThrowsAsync<HypervisorUnsupportedException>(use);
        Assert.NotEqual(MachineCapabilities.None, error.Missing & capability);
        Assert.Contains(machine.Name, error.Message);
        Assert.NotEqual(MachineState.Ended, await machine.QueryStateAsync(TestContext.Current.CancellationToken));
        return false;
    }

    protected void AssertGone(IMachine machine, string name = "a")
    {
        Assert.True(machine.Exited.IsCompleted);
        Assert.False(machine.Identity.IsAlive());
        Assert.False(Directory.Exists(_folder[name]));
        Assert.DoesNotContain(machine.Confinement.Folders, Directory.Exists);
    }
}

using Viper.Hypervisor;
using Viper.Integration.Tests.Hypervisor.Guest;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>Snapshots, clones, core dumps and adoption.</summary>
public abstract partial class MachineContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RestoreAsync_TwoClonesOfOneSnapshot_GoOnEachForItself(bool memoryFile)
    {
        await using IMachine machine = await StartUpAsync(memoryFile ? Spec() with { MemoryFilePath = Folder["memory"] } : null);
        string snapshot = Folder["snapshot"];
        if (!await OffersAsync(machine, MachineCapabilities.Snapshot, () => machine.SnapshotAsync(snapshot, null, Deadline)))
        {
            return;
        }

        await CountAsync(machine, '1');
        await CountAsync(machine, '2');
        await machine.SnapshotAsync(snapshot, null, Deadline);
        Assert.Equal(MachineState.Paused, await machine.QueryStateAsync(Deadline));
        await machine.ResumeAsync(Deadline);
        await CountAsync(machine, '3');
        IHypervisor hypervisor = await SelectAsync();
        RestoreResult first = await hypervisor.RestoreAsync(Spec("b"), snapshot, null, Deadline);
        await using IMachine clone = first.Machine;
        RestoreResult second = await hypervisor.RestoreAsync(Spec("c"), snapshot, new RestoreOptions { Resume = false }, Deadline);
        await using IMachine other = second.Machine;

        Assert.Equal(MachineState.Running, await clone.QueryStateAsync(Deadline));
        Assert.Equal(MachineState.Paused, await other.QueryStateAsync(Deadline));
        await other.ResumeAsync(Deadline);
        await CountAsync(clone, '3');
        await CountAsync(clone, '4');
        await CountAsync(other, '3');
        await CountAsync(machine, '4');
        AssertMode(memoryFile, first.MemoryMode);
    }

    [Fact]
    public async Task RestoreAsync_SnapshotOfAnotherSize_IsRefusedByName()
    {
        await using IMachine machine = await StartUpAsync();
        if ((machine.Capabilities & MachineCapabilities.Snapshot) == 0)
        {
            IHypervisor lacking = await SelectAsync();
            await Assert.ThrowsAsync<HypervisorUnsupportedException>(() => lacking.RestoreAsync(Spec("b"), Folder["none"], null, Deadline));
            return;
        }

        await machine.SnapshotAsync(Folder["snapshot"], null, Deadline);
        IHypervisor hypervisor = await SelectAsync();

        SnapshotException error = await Assert.ThrowsAsync<SnapshotException>(
            () => hypervisor.RestoreAsync(Spec("b") with { MemoryMib = 96 }, Folder["snapshot"], null, Deadline));

        Assert.Equal(nameof(SnapshotFacts.MemoryMib), error.Property);
        await Assert.ThrowsAsync<SnapshotException>(() => hypervisor.RestoreAsync(Spec("b"), Folder["none"], null, Deadline));
        Assert.False(Directory.Exists(Folder["b"]));
    }

    [Fact]
    public async Task SnapshotAsync_FolderThatHoldsSomething_IsRefusedAndUntouched()
    {
        await using IMachine machine = await StartUpAsync();
        if ((machine.Capabilities & MachineCapabilities.Snapshot) == 0)
        {
            return;
        }

        Directory.CreateDirectory(Folder["full"]);
        await File.WriteAllTextAsync(Folder["full/mine"], "", Deadline);

        await Assert.ThrowsAsync<HypervisorException>(() => machine.SnapshotAsync(Folder["full"], null, Deadline));

        Assert.Equal([Folder["full/mine"]], Directory.GetFiles(Folder["full"]));
    }

    [Fact]
    public async Task SnapshotAsync_EndMachine_MachineEndsAndCloneGoesOn()
    {
        await using IMachine machine = await StartUpAsync(Spec() with { MemoryFilePath = Folder["memory"] });
        if ((machine.Capabilities & MachineCapabilities.Snapshot) == 0)
        {
            return;
        }

        await CountAsync(machine, '1');
        await machine.SnapshotAsync(Folder["snapshot"], new SnapshotOptions { EndMachine = true }, Deadline);
        AssertGone(machine);
        Assert.False(File.Exists(Folder["memory"]));
        IHypervisor hypervisor = await SelectAsync();

        await using IMachine clone = (await hypervisor.RestoreAsync(Spec("b"), Folder["snapshot"], null, Deadline)).Machine;

        await CountAsync(clone, '2');
    }

    [Fact]
    public async Task CoreDumpAsync_Running_WritesAnElfFile()
    {
        await using IMachine machine = await StartUpAsync();
        string path = Folder["core"];
        if (!await OffersAsync(machine, MachineCapabilities.CoreDump, () => machine.CoreDumpAsync(path, Deadline)))
        {
            Assert.False(File.Exists(path));
            return;
        }

        await machine.CoreDumpAsync(path, Deadline);

        byte[] start = new byte[4];
        await using FileStream file = File.OpenRead(path);
        await file.ReadExactlyAsync(start, Deadline);
        Assert.Equal("\u007fELF"u8.ToArray(), start);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        await Assert.ThrowsAsync<HypervisorException>(() => machine.CoreDumpAsync(path, Deadline));
        await EchoAsync(machine, 'c');
    }

    [Fact]
    public async Task AdoptAsync_FirstDaemonWasKilled_MachineIsWatchedAndEnds()
    {
        IHypervisor hypervisor = await SelectAsync();
        MachineSpec spec = TinySpec.Make(Folder.Path, Kind, "adopted");
        ProcessIdentity identity = await FirstDaemon.StartAndDieAsync(FindOptions(), Folder.Path, Kind, Deadline);
        if ((hypervisor.Info.Capabilities & MachineCapabilities.Adopt) == 0)
        {
            await Assert.ThrowsAsync<HypervisorUnsupportedException>(() => hypervisor.AdoptAsync(spec, identity, Deadline));
            identity.KillIfSame();
            await identity.WaitForExitAsync(Deadline);
            return;
        }

        await using IMachine machine = await hypervisor.AdoptAsync(spec, identity, Deadline)
            ?? throw new InvalidOperationException("The machine is gone.");

        Assert.Equal(identity, machine.Identity);
        Assert.Equal(MachineState.Running, await machine.QueryStateAsync(Deadline));
        await EchoAsync(machine, 'w');
        await machine.PauseAsync(Deadline);
        await machine.ResumeAsync(Deadline);
        StopOutcome outcome = await machine.StopAsync(HearsButton ? Grace : TimeSpan.Zero, Deadline);
        Assert.Equal(HearsButton ? MachineExitCause.GuestPowerOff : MachineExitCause.Requested, outcome.Exit.Cause);
        AssertGone(machine, "adopted");
    }

    [Fact]
    public async Task AdoptAsync_ProcessIsSomebodyElses_IsNullAndUntouched()
    {
        IHypervisor hypervisor = await SelectAsync();
        if ((hypervisor.Info.Capabilities & MachineCapabilities.Adopt) == 0)
        {
            return;
        }

        // This very process under a start time that is not its own, as a reused pid has.
        ProcessIdentity self = ProcessIdentity.Of(Environment.ProcessId)!.Value;
        Directory.CreateDirectory(Folder["a"]);

        Assert.Null(await hypervisor.AdoptAsync(Spec(), self with { StartTicks = self.StartTicks - 1 }, Deadline));

        Assert.False(Directory.Exists(Folder["a"]));
    }

    /// <summary>Asserts how memory came, given whether the snapshot has it as a file.</summary>
    protected virtual void AssertMode(bool memoryFile, MemoryMode mode)
    {
    }

    private async Task CountAsync(IMachine machine, char expected)
    {
        if (Counts)
        {
            await EchoAsync(machine, 'i', expected);
        }
    }
}

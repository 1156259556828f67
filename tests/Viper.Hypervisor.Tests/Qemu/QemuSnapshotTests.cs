using Viper.Hypervisor.Machines;
using Viper.Hypervisor.Qemu;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Qemu;

/// <summary>The facts of snapshots, the choice of the way back, and files of memory.</summary>
public sealed class QemuSnapshotTests : IDisposable
{
    private static readonly HypervisorInfo s_info = new("/usr/bin/qemu", "QEMU 7.2", Accelerator.Tcg, "microvm");

    private static readonly MachineSpec s_spec = new()
    {
        Name = "a",
        MemoryMib = 64,
        KernelPath = "/k",
        RunDirectory = "/run/a",
        LogDirectory = "/log/a",
    };

    private readonly ShortFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_SameMachine_ReturnsTheFacts()
    {
        await WriteAsync();

        SnapshotFacts facts = SnapshotFolder.Check(_folder["s"], HypervisorKind.Qemu, s_info, s_spec);

        Assert.True(facts.HasMemoryFile);
        Assert.Equal("QEMU 7.2", facts.Version);
    }

    [Fact]
    public async Task Check_AnythingElse_NamesTheProperty()
    {
        await WriteAsync();

        Refuses(nameof(SnapshotFacts.Hypervisor), HypervisorKind.CloudHypervisor, s_info, s_spec);
        Refuses(nameof(SnapshotFacts.MachineType), HypervisorKind.Qemu, s_info with { MachineType = "q35" }, s_spec);
        Refuses(nameof(SnapshotFacts.Version), HypervisorKind.Qemu, s_info with { Version = "QEMU 9" }, s_spec);
        Refuses(nameof(SnapshotFacts.Accelerator), HypervisorKind.Qemu, s_info with { Accelerator = Accelerator.Kvm }, s_spec);
        Refuses(nameof(SnapshotFacts.VcpuCount), HypervisorKind.Qemu, s_info, s_spec with { VcpuCount = 2 });
        Refuses(nameof(SnapshotFacts.MemoryMib), HypervisorKind.Qemu, s_info, s_spec with { MemoryMib = 128 });
        Refuses(nameof(SnapshotFacts.Disks), HypervisorKind.Qemu, s_info, s_spec with { Disks = [new DiskSpec("/d")] });
        Refuses(nameof(SnapshotFacts.MacAddresses), HypervisorKind.Qemu, s_info, s_spec with { Nics = [new NicSpec("t", "02::")] });
        Refuses(nameof(SnapshotFacts.Balloon), HypervisorKind.Qemu, s_info, s_spec with { Balloon = true });
        Refuses(nameof(SnapshotFacts.HotplugSlots), HypervisorKind.Qemu, s_info, s_spec with { HotplugSlots = 1 });
    }

    [Fact]
    public async Task Read_CutAtEveryLength_IsASnapshotError()
    {
        await WriteAsync();
        string path = _folder["s/" + SnapshotFacts.FileName];
        byte[] whole = await File.ReadAllBytesAsync(path, Cancellation);
        for (int length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(path, whole[..length], Cancellation);
            Assert.Throws<SnapshotException>(() => SnapshotFolder.Read(_folder["s"]));
        }
    }

    [Fact]
    public async Task Read_Mutated_IsReadOrASnapshotError()
    {
        await WriteAsync();
        string path = _folder["s/" + SnapshotFacts.FileName];
        byte[] whole = await File.ReadAllBytesAsync(path, Cancellation);
        Random random = new(11);
        for (int i = 0; i < 1000; i++)
        {
            byte[] bytes = [.. whole];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            await File.WriteAllBytesAsync(path, bytes, Cancellation);
            try
            {
                Assert.NotNull(SnapshotFolder.Read(_folder["s"]).MacAddresses);
            }
            catch (SnapshotException)
            {
                // Named as such, which is what is asked for.
            }
        }
    }

    [Theory]
    [InlineData(true, false, null, MemoryMode.PrivateFile)]
    [InlineData(true, true, null, MemoryMode.Copy)]
    [InlineData(false, false, null, MemoryMode.Copy)]
    [InlineData(true, false, MemoryMode.PrivateFile, MemoryMode.PrivateFile)]
    [InlineData(false, true, MemoryMode.Copy, MemoryMode.Copy)]
    public async Task ModeFor_PossibleWay_IsTaken(bool hasFile, bool ownFile, MemoryMode? wanted, MemoryMode expected)
    {
        SnapshotFacts facts = await WriteAsync() with { HasMemoryFile = hasFile };

        Assert.Equal(expected, QemuHypervisor.ModeFor(facts, s_spec with { MemoryFilePath = ownFile ? "/m" : null }, wanted));
    }

    [Theory]
    [InlineData(true, false, MemoryMode.CopyOnWrite)]
    [InlineData(true, false, MemoryMode.OnDemand)]
    [InlineData(true, false, MemoryMode.Copy)]
    [InlineData(true, true, MemoryMode.PrivateFile)]
    [InlineData(false, false, MemoryMode.PrivateFile)]
    public async Task ModeFor_ImpossibleWay_IsUnsupported(bool hasFile, bool ownFile, MemoryMode wanted)
    {
        SnapshotFacts facts = await WriteAsync() with { HasMemoryFile = hasFile };

        Assert.Throws<HypervisorUnsupportedException>(
            () => QemuHypervisor.ModeFor(facts, s_spec with { MemoryFilePath = ownFile ? "/m" : null }, wanted));
    }

    [Fact]
    public async Task Copy_FileOfHoles_IsEqualAndStaysSparse()
    {
        byte[] data = new byte[8192];
        Random.Shared.NextBytes(data);
        MemoryFile.Make(_folder["memory"], 64 * 1024 * 1024);
        await using (FileStream file = File.OpenWrite(_folder["memory"]))
        {
            file.Position = 32 * 1024 * 1024;
            await file.WriteAsync(data, Cancellation);
        }

        MemoryFile.Copy(_folder["memory"], _folder["copy"], Cancellation);

        await using FileStream copy = File.OpenRead(_folder["copy"]);
        Assert.Equal(64 * 1024 * 1024, copy.Length);
        copy.Position = 32 * 1024 * 1024;
        byte[] read = new byte[data.Length];
        await copy.ReadExactlyAsync(read, Cancellation);
        Assert.Equal(data, read);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["copy"]));
        string blocks = await ToolRun.RunAsync("stat", ["-c", "%b", _folder["copy"]]);
        Assert.InRange(long.Parse(blocks, System.Globalization.CultureInfo.InvariantCulture) * 512, 0, 8 * 1024 * 1024);
    }

    [Theory]
    [InlineData("running", MachineState.Running)]
    [InlineData("paused", MachineState.Paused)]
    [InlineData("postmigrate", MachineState.Paused)]
    [InlineData("prelaunch", MachineState.Paused)]
    [InlineData("inmigrate", MachineState.Starting)]
    [InlineData("shutdown", MachineState.Stopped)]
    [InlineData("guest-panicked", MachineState.Failed)]
    [InlineData("", MachineState.Paused)]
    public void StateOf_RunState_IsAStateOfTheContract(string status, MachineState expected) =>
        Assert.Equal(expected, QemuMachine.StateOf(status));

    [Theory]
    [InlineData("plugged-disk3", true)]
    [InlineData("plugged-nic15", true)]
    [InlineData("plugged-disk", false)]
    [InlineData("plugged-disk-1", false)]
    [InlineData("rng0", false)]
    [InlineData("", false)]
    public void Parse_Id_RoundTripsOrIsNone(string id, bool known) => Assert.Equal(known ? id : null, HotplugSlot.Parse(id)?.Id);

    private async Task<SnapshotFacts> WriteAsync()
    {
        SnapshotFolder folder = SnapshotFolder.Make(_folder["s"]);
        SnapshotFacts facts = SnapshotFolder.Describe(HypervisorKind.Qemu, s_info, s_spec, hasMemoryFile: true);
        await folder.WriteFactsAsync(facts, Cancellation);
        return facts;
    }

    private void Refuses(string property, HypervisorKind kind, HypervisorInfo info, MachineSpec spec) => Assert.Equal(
        property, Assert.Throws<SnapshotException>(() => SnapshotFolder.Check(_folder["s"], kind, info, spec)).Property);
}

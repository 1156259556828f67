using Viper.Hypervisor;
using Viper.Integration.Tests.Hypervisor.Guest;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>What only a real QEMU, or a guest with drivers, can show of devices.</summary>
public sealed class QemuDeviceTests : IDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromMinutes(1);

    private readonly ShortFolder _folder = new();
    private int _asked;
    private readonly CancellationTokenSource _deadline =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public QemuDeviceTests() => _deadline.CancelAfter(TimeSpan.FromMinutes(4));

    private CancellationToken Deadline => _deadline.Token;

    public void Dispose()
    {
        _deadline.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task RemoveDeviceAsync_GuestThatStandsStill_IsATypedErrorAndLaterGone()
    {
        string image = await ImageAsync();
        await using IMachine machine = await StartTinyAsync();
        string id = await machine.AddDiskAsync(new DiskSpec(image), Deadline);
        await machine.PauseAsync(Deadline);

        DeviceRemovalException error = await Assert.ThrowsAsync<DeviceRemovalException>(
            () => machine.RemoveDeviceAsync(id, TimeSpan.FromMilliseconds(100), Deadline));

        Assert.Equal((id, machine.Name), (error.DeviceId, error.Machine));
        await machine.ResumeAsync(Deadline);
        await RemoveEventuallyAsync(machine, id);
        Assert.Equal(id, await machine.AddDiskAsync(new DiskSpec(image), Deadline));
    }

    [Fact]
    public async Task AddDiskAsync_MoreThanPlaces_IsATypedErrorAndPlacesStayUsable()
    {
        string image = await ImageAsync();
        await using IMachine machine = await StartTinyAsync();
        string first = await machine.AddDiskAsync(new DiskSpec(image), Deadline);
        await machine.AddDiskAsync(new DiskSpec(image), Deadline);

        await Assert.ThrowsAsync<HypervisorUnsupportedException>(() => machine.AddDiskAsync(new DiskSpec(image), Deadline));

        await machine.RemoveDeviceAsync(first, s_grace, Deadline);
        await AssertOpenAsync(machine, image, copies: 1);
        Assert.Equal(first, await machine.AddDiskAsync(new DiskSpec(image), Deadline));
    }

    [Fact]
    public async Task SnapshotAsync_DevicePluggedIn_IsATypedError()
    {
        await using IMachine machine = await StartTinyAsync();
        await machine.AddDiskAsync(new DiskSpec(await ImageAsync()), Deadline);

        HypervisorUnsupportedException error = await Assert.ThrowsAsync<HypervisorUnsupportedException>(
            () => machine.SnapshotAsync(_folder["snapshot"], null, Deadline));

        Assert.Equal(MachineCapabilities.Snapshot, error.Missing);
        Assert.False(Directory.Exists(_folder["snapshot"]));
    }

    [Fact]
    public async Task AddDiskAsync_LinuxGuest_ReadsItAndLetsItGo()
    {
        string image = await ImageAsync();
        await using IMachine machine = await StartLinuxAsync(QemuMachineType.Q35);

        string id = await machine.AddDiskAsync(new DiskSpec(image), Deadline);
        await SeeDiskAsync(machine, "plugged bytes");
        await machine.RemoveDeviceAsync(id, s_grace, Deadline);
        await SeeDiskAsync(machine, "none");
    }

    [Theory]
    [InlineData(QemuMachineType.Microvm)]
    [InlineData(QemuMachineType.Q35)]
    public async Task SetBalloonAsync_LinuxGuest_GivesMemoryAndTakesItBack(QemuMachineType type)
    {
        await using IMachine machine = await StartLinuxAsync(type);

        await machine.SetBalloonAsync(48, Deadline);
        await WaitForBalloonAsync(machine, 48);
        await machine.SetBalloonAsync(0, Deadline);
        await WaitForBalloonAsync(machine, 0);
    }

    [Fact]
    public async Task AdoptAsync_AnotherClientHoldsTheMonitor_IsATypedErrorAndHarmless()
    {
        await using IMachine machine = await StartTinyAsync();
        IHypervisor qemu = await SelectAsync(QemuMachineType.Q35);

        VmmConnectionException error = await Assert.ThrowsAsync<VmmConnectionException>(
            () => qemu.AdoptAsync(TinySpec.Make(_folder.Path, "q"), machine.Identity, Deadline));

        Assert.Contains("Another program", error.Message);
        Assert.Equal(MachineState.Running, await machine.QueryStateAsync(Deadline));
    }

    private static async Task AssertOpenAsync(IMachine machine, string image, int copies)
    {
        string files = await ToolRun.RunAsync("ls", ["-l", $"/proc/{machine.Identity.Pid}/fd"]);
        Assert.Equal(copies, files.Split('\n').Count(line => line.EndsWith(image, StringComparison.Ordinal)));
    }

    // Whether the guest has let go meanwhile or does so now, the device is gone in the end.
    private async Task RemoveEventuallyAsync(IMachine machine, string id)
    {
        try
        {
            await machine.RemoveDeviceAsync(id, s_grace, Deadline);
        }
        catch (VmmApiException e)
        {
            Assert.Equal("DeviceNotFound", e.ErrorClass);
        }
    }

    // The guest's drivers work at their own pace; each answer leads to the next question.
    private async Task SeeDiskAsync(IMachine machine, string content)
    {
        do
        {
            await machine.Serial.TypeAsync("d", Deadline);
            _asked++;
        }
        while (!await LastDiskIsAsync(machine, content));
    }

    private async Task<bool> LastDiskIsAsync(IMachine machine, string content)
    {
        int seen = 0;
        await foreach (SerialLine line in machine.Serial.Lines(Deadline))
        {
            if (line.Text.Contains("guest: disk ", StringComparison.Ordinal) && ++seen == _asked)
            {
                return line.Text.Contains(content, StringComparison.Ordinal);
            }
        }

        throw new InvalidOperationException("The serial port ended.");
    }

    private async Task WaitForBalloonAsync(IMachine machine, int mib)
    {
        while ((await machine.QueryBalloonAsync(Deadline)).ActualMib != mib)
        {
            // Each question is a turn of QEMU's main loop, on which the guest's answer arrives too.
            await machine.Serial.TypeAsync("b", Deadline);
            await machine.Serial.SeeAsync("guest: echo b", Deadline);
        }
    }

    private async Task<string> ImageAsync()
    {
        string image = _folder["disk.img"];
        await File.WriteAllBytesAsync(image, [.. "plugged bytes\n"u8, .. new byte[1 << 20]], Deadline);
        return image;
    }

    private async Task<IMachine> StartTinyAsync()
    {
        IHypervisor qemu = await SelectAsync(QemuMachineType.Q35);
        IMachine machine = await qemu.StartAsync(TinySpec.Make(_folder.Path, "q") with { HotplugSlots = 2 }, Deadline);
        await machine.Serial.SeeAsync("guest: up", Deadline);
        return machine;
    }

    private async Task<IMachine> StartLinuxAsync(QemuMachineType type)
    {
        IHypervisor qemu = await SelectAsync(type);
        MachineSpec spec = MachineSpecs.Small(await TestGuest.GetAsync(), _folder) with { Balloon = true, HotplugSlots = 2 };
        IMachine machine = await qemu.StartAsync(spec, Deadline);
        await machine.Serial.SeeAsync("guest: ready", Deadline);
        return machine;
    }

    private Task<IHypervisor> SelectAsync(QemuMachineType type) => HypervisorSelection.SelectAsync(
        new HypervisorOptions { Choice = HypervisorChoice.Qemu, QemuMachine = type }, Deadline);
}

using Viper.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>Devices that come and go, and the sizes of things.</summary>
public abstract partial class MachineContract
{
    [Fact]
    public async Task AddDiskAsync_RemovedAgain_PlaceIsFree()
    {
        string image = Folder["disk.img"];
        await File.WriteAllBytesAsync(image, new byte[1 << 20], Deadline);
        await using IMachine machine = await StartUpAsync();
        if (!await OffersAsync(machine, MachineCapabilities.DiskHotplug, () => machine.AddDiskAsync(new DiskSpec(image), Deadline)))
        {
            return;
        }

        string first = await machine.AddDiskAsync(new DiskSpec(image), Deadline);
        string second = await machine.AddDiskAsync(new DiskSpec(image), Deadline);
        Assert.NotEqual(first, second);
        if (LetsGo)
        {
            await machine.RemoveDeviceAsync(first, Grace, Deadline);
            Assert.Equal(first, await machine.AddDiskAsync(new DiskSpec(image, ReadOnly: false), Deadline));
        }

        await EchoAsync(machine, 'd');
    }

    [Fact]
    public async Task AddDiskAsync_MissingImage_IsASpecError()
    {
        await using IMachine machine = await StartUpAsync();
        DiskSpec missing = new("/nonexistent.img");
        if (await OffersAsync(machine, MachineCapabilities.DiskHotplug, () => machine.AddDiskAsync(missing, Deadline)))
        {
            await Assert.ThrowsAsync<MachineSpecException>(() => machine.AddDiskAsync(missing, Deadline));
        }
    }

    [Fact]
    public async Task AddNicAsync_MissingTap_IsASpecError()
    {
        await using IMachine machine = await StartUpAsync();
        NicSpec missing = new("vtap-missing", "02:00:5e:10:00:01");
        if (await OffersAsync(machine, MachineCapabilities.NicHotplug, () => machine.AddNicAsync(missing, Deadline)))
        {
            await Assert.ThrowsAsync<MachineSpecException>(() => machine.AddNicAsync(missing, Deadline));
        }
    }

    [Fact]
    public async Task RemoveDeviceAsync_UnknownDevice_IsRefused()
    {
        await using IMachine machine = await StartUpAsync();
        Task RemoveAsync() => machine.RemoveDeviceAsync("nothing", Grace, Deadline);
        if (await OffersAsync(machine, MachineCapabilities.DiskHotplug | MachineCapabilities.NicHotplug, RemoveAsync))
        {
            await Assert.ThrowsAsync<VmmApiException>(RemoveAsync);
        }
    }

    [Fact]
    public async Task SetBalloonAsync_GuestWithoutDriver_TargetIsKept()
    {
        await using IMachine machine = await StartUpAsync();
        if (!await OffersAsync(machine, MachineCapabilities.MemoryBalloon, () => machine.SetBalloonAsync(16, Deadline)))
        {
            return;
        }

        await machine.SetBalloonAsync(16, Deadline);

        Assert.Equal(16, (await machine.QueryBalloonAsync(Deadline)).TargetMib);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => machine.SetBalloonAsync(64, Deadline));
    }

    [Fact]
    public async Task SetBalloonAsync_MachineWithoutBalloon_IsUnsupported()
    {
        await using IMachine machine = await StartUpAsync(Spec() with { Balloon = false });

        Assert.False(await OffersAsync(machine, MachineCapabilities.MemoryBalloon, () => machine.QueryBalloonAsync(Deadline)));
    }

    [Fact]
    public async Task ResizeAsync_MachineOfFixedSize_IsUnsupported()
    {
        await using IMachine machine = await StartUpAsync();
        if (await OffersAsync(machine, MachineCapabilities.CpuResize, () => machine.ResizeCpusAsync(2, Deadline)))
        {
            await machine.ResizeCpusAsync(1, Deadline);
        }

        if (await OffersAsync(machine, MachineCapabilities.MemoryResize, () => machine.ResizeMemoryAsync(128, Deadline)))
        {
            await machine.ResizeMemoryAsync(64, Deadline);
        }
    }
}

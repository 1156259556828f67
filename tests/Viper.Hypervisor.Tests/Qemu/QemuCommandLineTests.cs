using System.Text.Json;
using Viper.Hypervisor.Qemu;

namespace Viper.Hypervisor.Tests.Qemu;

public sealed class QemuCommandLineTests
{
    private static readonly QemuSettings s_emulated = new(QemuMachineType.Microvm, Accelerator.Tcg, "65534:65534", 2_596_128);

    private static readonly MachineSpec s_spec = new()
    {
        Name = "a",
        VcpuCount = 2,
        MemoryMib = 1024,
        KernelPath = "/k/vmlinuz",
        VmlinuxPath = "/k/vmlinux",
        InitramfsPath = "/k/initramfs",
        CommandLine = "console=ttyS0",
        Disks = [new DiskSpec("/d/a,b\"c.img")],
        Nics = [new NicSpec("vtap0", "02:00:5e:10:00:01")],
        RunDirectory = "/run/a",
        LogDirectory = "/log/a",
    };

    [Fact]
    public void Build_Microvm_HasMmioDevicesAndNoDefaults()
    {
        IReadOnlyList<string> line = QemuCommandLine.Build(s_spec, s_emulated);

        Assert.Equal("microvm,acpi=on,isa-serial=on,rtc=on,memory-backend=ram", After(line, "-M"));
        Assert.Equal("tcg,thread=multi", After(line, "-accel"));
        Assert.Equal("max", After(line, "-cpu"));
        Assert.Equal("2", After(line, "-smp"));
        Assert.Equal("1024", After(line, "-m"));
        Assert.Equal("/k/vmlinux", After(line, "-kernel"));
        Assert.Contains("-nodefaults", line);
        Assert.Contains("-no-user-config", line);
        Assert.Contains("virtio-blk-device,drive=disk0", line);
        Assert.Contains("virtio-net-device,netdev=net0,mac=02:00:5e:10:00:01", line);
        Assert.Contains("tap,id=net0,ifname=vtap0,script=no,downscript=no,vhost=off", line);
        Assert.Contains("virtio-rng-device,rng=rng0", line);
    }

    [Fact]
    public void Build_Q35_HasPciDevices()
    {
        IReadOnlyList<string> line = QemuCommandLine.Build(s_spec, s_emulated with { MachineType = QemuMachineType.Q35 });

        Assert.StartsWith("q35,", After(line, "-M"));
        Assert.Contains("virtio-blk-pci,drive=disk0", line);
        Assert.Contains("virtio-net-pci,netdev=net0,mac=02:00:5e:10:00:01,romfile=", line);
    }

    [Fact]
    public void Build_NoInitramfs_NamesNone() => Assert.DoesNotContain("-initrd", QemuCommandLine.Build(s_spec with { InitramfsPath = null }, s_emulated));

    [Theory]
    [InlineData(QemuMachineType.Microvm, "virtio-balloon-device,id=balloon0", 0)]
    [InlineData(QemuMachineType.Q35, "virtio-balloon-pci,id=balloon0", 9)]
    public void Build_BalloonAndSlots_OnlyQ35HasPorts(QemuMachineType type, string balloon, int ports)
    {
        MachineSpec spec = s_spec with { Balloon = true, HotplugSlots = 9 };

        IReadOnlyList<string> line = QemuCommandLine.Build(spec, s_emulated with { MachineType = type });

        Assert.Contains(balloon, line);
        Assert.Equal(ports, line.Count(argument => argument.StartsWith("pcie-root-port,", StringComparison.Ordinal)));
        Assert.Equal(ports > 0, line.Contains("pcie-root-port,id=slot8,chassis=9,port=8,addr=0x11.0x0,multifunction=on"));
    }

    [Theory]
    [InlineData(null, null, "memory-backend-ram", null)]
    [InlineData("/m,1", null, "memory-backend-file", true)]
    [InlineData(null, "/snapshot/memory", "memory-backend-file", false)]
    public void Build_Memory_IsAnonymousSharedOrPrivate(string? file, string? restored, string kind, bool? shared)
    {
        QemuRestore? restore = restored is null ? null : new QemuRestore(restored);
        IReadOnlyList<string> line = QemuCommandLine.Build(s_spec with { MemoryFilePath = file }, s_emulated, restore);

        using JsonDocument memory = JsonDocument.Parse(After(line, "-object"));
        Assert.Equal(kind, memory.RootElement.GetProperty("qom-type").GetString());
        Assert.Equal(1024L * 1024 * 1024, memory.RootElement.GetProperty("size").GetInt64());
        Assert.Equal(shared, memory.RootElement.TryGetProperty("share", out JsonElement share) ? share.GetBoolean() : null);
        Assert.Equal(restore is not null, line.Contains("-incoming"));
    }

    [Fact]
    public void Build_TapDescriptors_AreNumberedAfterTheSockets()
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle tap = File.OpenHandle("/dev/null");
        MachineSpec spec = s_spec with
        {
            Nics = [NicSpec.FromDescriptor(tap, "02:00:5e:10:00:01"), .. s_spec.Nics, NicSpec.FromDescriptor(tap, "02:00:5e:10:00:03")],
        };

        IReadOnlyList<string> line = QemuCommandLine.Build(spec, s_emulated);

        Assert.Contains("tap,id=net0,fd=5,vhost=off", line);
        Assert.Contains("tap,id=net1,ifname=vtap0,script=no,downscript=no,vhost=off", line);
        Assert.Contains("tap,id=net2,fd=6,vhost=off", line);
        Assert.Equal(7, QemuCommandLine.StateDescriptor(spec));
    }

    [Fact]
    public void Build_Kvm_UsesTheHostsCpuAndClock()
    {
        IReadOnlyList<string> line = QemuCommandLine.Build(s_spec, s_emulated with { Accelerator = Accelerator.Kvm });

        Assert.Equal("kvm", After(line, "-accel"));
        Assert.Equal("host", After(line, "-cpu"));
        Assert.Equal("console=ttyS0", After(line, "-append"));
    }

    [Fact]
    public void Build_Root_DropsTheUserAndOtherwiseForbidsToChangeIt()
    {
        Assert.Equal("65534:65534", After(QemuCommandLine.Build(s_spec, s_emulated), "-runas"));
        IReadOnlyList<string> ordinary = QemuCommandLine.Build(s_spec, s_emulated with { RunAs = null });
        Assert.DoesNotContain("-runas", ordinary);
        Assert.Contains("elevateprivileges=deny", After(ordinary, "-sandbox"));
    }

    [Theory]
    [InlineData(true, "off")]
    [InlineData(false, "auto")]
    public void Build_Disk_IsJsonAndLockedOnlyWhenWritable(bool readOnly, string locking)
    {
        MachineSpec spec = s_spec with { Disks = [s_spec.Disks[0] with { ReadOnly = readOnly }] };

        using JsonDocument disk = JsonDocument.Parse(After(QemuCommandLine.Build(spec, s_emulated), "-blockdev"));

        Assert.Equal("raw", disk.RootElement.GetProperty("driver").GetString());
        Assert.Equal(readOnly, disk.RootElement.GetProperty("read-only").GetBoolean());
        JsonElement file = disk.RootElement.GetProperty("file");
        Assert.Equal("/d/a,b\"c.img", file.GetProperty("filename").GetString());
        Assert.Equal(locking, file.GetProperty("locking").GetString());
    }

    [Theory]
    [InlineData("", "tsc_early_khz=2596128 lpj=10384512 tsc=reliable no_timer_check")]
    [InlineData("quiet", "quiet tsc_early_khz=2596128 lpj=10384512 tsc=reliable no_timer_check")]
    [InlineData("tsc=unstable quiet", "tsc=unstable quiet tsc_early_khz=2596128 lpj=10384512 no_timer_check")]
    [InlineData("tsc_early_khz=1 no_timer_check", "tsc_early_khz=1 no_timer_check lpj=10384512 tsc=reliable")]
    public void KernelCommandLine_Emulated_AddsTheClockUnlessGiven(string given, string expected) =>
        Assert.Equal(expected, QemuCommandLine.KernelCommandLine(given, s_emulated));

    [Fact]
    public void KernelCommandLine_UnknownClock_AddsNothing() =>
        Assert.Equal("quiet", QemuCommandLine.KernelCommandLine("quiet", s_emulated with { TscKilohertz = 0 }));

    private static string After(IReadOnlyList<string> line, string option) => line.SkipWhile(word => word != option).Skip(1).First();
}

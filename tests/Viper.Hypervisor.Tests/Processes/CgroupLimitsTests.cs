using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Tests.Processes;

public sealed class CgroupLimitsTests
{
    private static readonly ProcessLimits s_all = new()
    {
        MemoryBytes = 1 << 30,
        CpuWeight = 50,
        CpuQuota = 1.5,
        ProcessCount = 64,
        DiskBytesPerSecond = 1 << 20,
        DiskOperationsPerSecond = 100,
    };

    [Fact]
    public void Spell_Version2_IsOneFileEach() => Assert.Equal(
        [
            new("memory", "memory.max", "1073741824"), new("cpu", "cpu.weight", "50"), new("cpu", "cpu.max", "150000 100000"),
            new("pids", "pids.max", "64"), new("io", "io.max", "8:0 rbps=1048576 wbps=1048576 riops=100 wiops=100"),
            new("io", "io.max", "259:1 rbps=1048576 wbps=1048576 riops=100 wiops=100"),
        ],
        CgroupLimits.Spell(CgroupVersion.V2, s_all, ["8:0", "259:1"]));

    [Fact]
    public void Spell_Version1_SetsThePeriodBeforeTheQuota() => Assert.Equal(
        [
            new("memory", "memory.limit_in_bytes", "1073741824"), new("cpu", "cpu.shares", "512"), new("cpu", "cpu.cfs_period_us", "100000"),
            new("cpu", "cpu.cfs_quota_us", "150000"), new("pids", "pids.max", "64"),
            new("io", "blkio.throttle.read_bps_device", "8:0 1048576"), new("io", "blkio.throttle.write_bps_device", "8:0 1048576"),
            new("io", "blkio.throttle.read_iops_device", "8:0 100"), new("io", "blkio.throttle.write_iops_device", "8:0 100"),
        ],
        CgroupLimits.Spell(CgroupVersion.V1, s_all, ["8:0"]));

    [Fact]
    public void Spell_NoLimits_IsNothing() => Assert.Empty(CgroupLimits.Spell(CgroupVersion.V2, ProcessLimits.None, ["8:0"]));
}

using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Tests.Processes;

public sealed class CgroupLimitsTests
{
    private static readonly ProcessLimits s_all = new() { MemoryBytes = 1 << 30, CpuWeight = 50, CpuQuota = 1.5, ProcessCount = 64 };

    [Fact]
    public void Spell_Version2_IsOneFileEach() => Assert.Equal(
        [("memory", "memory.max", "1073741824"), ("cpu", "cpu.weight", "50"), ("cpu", "cpu.max", "150000 100000"), ("pids", "pids.max", "64")],
        CgroupLimits.Spell(CgroupVersion.V2, s_all));

    [Fact]
    public void Spell_Version1_SetsThePeriodBeforeTheQuota() => Assert.Equal(
        [
            ("memory", "memory.limit_in_bytes", "1073741824"), ("cpu", "cpu.shares", "512"), ("cpu", "cpu.cfs_period_us", "100000"),
            ("cpu", "cpu.cfs_quota_us", "150000"), ("pids", "pids.max", "64"),
        ],
        CgroupLimits.Spell(CgroupVersion.V1, s_all));

    [Fact]
    public void Spell_NoLimits_IsNothing() => Assert.Empty(CgroupLimits.Spell(CgroupVersion.V2, ProcessLimits.None));
}

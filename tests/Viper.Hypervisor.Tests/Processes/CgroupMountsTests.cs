using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Tests.Processes;

public sealed class CgroupMountsTests
{
    private const string Hybrid = """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw

        """;

    [Fact]
    public void Parse_Hybrid_FindsBothVersions()
    {
        CgroupMounts mounts = CgroupMounts.Parse(Hybrid);

        Assert.Equal("/sys/fs/cgroup/unified", mounts.Unified);
        Assert.Equal(
            new Dictionary<string, string> { ["cpu"] = "/sys/fs/cgroup/cpu,cpuacct", ["memory"] = "/sys/fs/cgroup/memory" },
            mounts.Controllers);
    }

    [Fact]
    public void Parse_UnifiedOnly_FindsNoControllers()
    {
        CgroupMounts mounts = CgroupMounts.Parse("30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n");

        Assert.Equal("/sys/fs/cgroup", mounts.Unified);
        Assert.Empty(mounts.Controllers);
    }

    [Fact]
    public void Parse_CutAtEveryLength_NeverThrows()
    {
        for (int length = 0; length < Hybrid.Length; length++)
        {
            _ = CgroupMounts.Parse(Hybrid[..length]);
        }
    }
}

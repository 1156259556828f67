using System.Runtime.InteropServices;
using Viper.Hypervisor.Qemu;

namespace Viper.Hypervisor.Tests.Qemu;

public sealed class TscClockTests
{
    [Theory]
    [InlineData("model name\t: x\ncpu MHz\t\t: 2596.128\n", 2596128)]
    [InlineData("model name\t: x\n", 0)]
    [InlineData("cpu MHz\t: nonsense\n", 0)]
    public void FromCpuInfo_Text_GivesKilohertz(string text, long kilohertz) => Assert.Equal(kilohertz, TscClock.FromCpuInfo(text));

    [Fact]
    public void Kilohertz_ThisHost_IsPlausible()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "Only x86-64 has this counter.");

        TestContext.Current.TestOutputHelper?.WriteLine($"{TscClock.Kilohertz} kHz");
        Assert.InRange(TscClock.Kilohertz, 500_000, 10_000_000);
    }

    [Theory]
    [InlineData("root:x:0:0::/:/bin/sh\nviper-vmm:x:990:990::/:/bin/false\n", "viper-vmm")]
    [InlineData("root:x:0:0::/:/bin/sh\nxviper-vmm:x:1:1::/:/\n", "65534:65534")]
    public void Choose_Passwd_PrefersTheServicesUser(string passwd, string expected) =>
        Assert.Equal(expected, UnprivilegedUser.Choose(passwd));
}

using System.Text;

namespace Viper.Images.Tests;

public sealed class MachineInitramfsTests
{
    [Fact]
    public void Write_TokenAndSettings_AppendsAnArchiveOnABlockBoundary()
    {
        using TempFolder folder = new();
        File.WriteAllBytes(folder.At("base"), Enumerable.Repeat((byte)'b', 700).ToArray());

        MachineInitramfs.Write(folder.At("base"), folder.At("vm"), "secret"u8, "{}"u8);

        byte[] written = File.ReadAllBytes(folder.At("vm"));
        Assert.Equal(0, written.Length % 512);
        Assert.Equal(File.ReadAllBytes(folder.At("base")), written[..700]);
        Assert.All(written[700..1024], b => Assert.Equal(0, b));
        string archive = Encoding.ASCII.GetString(written, 1024, written.Length - 1024);
        Assert.StartsWith("070701", archive, StringComparison.Ordinal);
        Assert.Contains("viper/token\0\0\0secret\n", archive, StringComparison.Ordinal);
        Assert.Contains("viper/config.json\0", archive, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NoSettings_HoldsTheTokenAlone()
    {
        using TempFolder folder = new();
        File.WriteAllBytes(folder.At("base"), new byte[512]);

        MachineInitramfs.Write(folder.At("base"), folder.At("vm"), "secret"u8, []);

        Assert.DoesNotContain("config.json", File.ReadAllText(folder.At("vm")), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Always_IsReadableByItsOwnerAlone()
    {
        using TempFolder folder = new();
        File.WriteAllBytes(folder.At("base"), new byte[512]);

        MachineInitramfs.Write(folder.At("base"), folder.At("vm"), "secret"u8, []);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.At("vm")));
    }

    [Fact]
    public void Write_DestinationExists_ThrowsAndLeavesIt()
    {
        using TempFolder folder = new();
        File.WriteAllBytes(folder.At("base"), new byte[512]);
        File.WriteAllText(folder.At("vm"), "before");

        Assert.Throws<IOException>(() => MachineInitramfs.Write(folder.At("base"), folder.At("vm"), "secret"u8, []));
        Assert.Equal("before", File.ReadAllText(folder.At("vm")));
    }

    [Fact]
    public void Write_NoBase_ThrowsAndLeavesNothing()
    {
        using TempFolder folder = new();

        Assert.Throws<FileNotFoundException>(() => MachineInitramfs.Write(folder.At("base"), folder.At("vm"), "secret"u8, []));
        Assert.False(File.Exists(folder.At("vm")));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4_001, 0)]
    [InlineData(64, 65_001)]
    public void Write_SizeOutOfRange_Throws(int token, int settings)
    {
        using TempFolder folder = new();
        File.WriteAllBytes(folder.At("base"), new byte[512]);

        Assert.Throws<ArgumentOutOfRangeException>(
            () => MachineInitramfs.Write(folder.At("base"), folder.At("vm"), new byte[token], new byte[settings]));
    }
}

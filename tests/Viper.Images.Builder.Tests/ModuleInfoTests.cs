using Viper.Images.Builder.Kernel;
using Viper.Images.Tests;

namespace Viper.Images.Builder.Tests;

public sealed class ModuleInfoTests
{
    [Fact]
    public void ReadDependencies_ObjectFromTheCompiler_GivesTheNames() =>
        Assert.Equal(["virtio", "virtio_ring", "crc32c_intel"], ModuleInfo.ReadDependencies(Compile("license=GPL\\0depends=virtio,virtio_ring,crc32c-intel\\0name=x")));

    [Theory]
    [InlineData("license=GPL\\0depends=\\0name=x")]
    [InlineData("license=GPL\\0name=x")]
    public void ReadDependencies_None_IsEmpty(string info) => Assert.Empty(ModuleInfo.ReadDependencies(Compile(info)));

    [Fact]
    public void ReadDependencies_NoModinfo_Throws()
    {
        byte[] module = Compile("depends=x", section: ".other");

        Assert.Contains("no .modinfo", Assert.Throws<InvalidDataException>(() => ModuleInfo.ReadDependencies(module)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadDependencies_CutAtEveryLength_Throws()
    {
        byte[] module = Compile("depends=virtio");
        for (int length = 0; length < module.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ModuleInfo.ReadDependencies(module.AsSpan(0, length)));
        }
    }

    [Fact]
    public void ReadDependencies_ChangedAtRandom_ThrowsInvalidDataOrReads()
    {
        byte[] module = Compile("depends=virtio");
        Random random = new(20260101);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. module];
            changed[random.Next(64)] = (byte)random.Next(256);
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                ModuleInfo.ReadDependencies(changed);
            }
            catch (InvalidDataException)
            {
                // What many of them end in.
            }
        }
    }

    private static byte[] Compile(string info, string section = ".modinfo")
    {
        using TempFolder folder = new();
        File.WriteAllText(folder.At("m.c"), $"const char info[] __attribute__((section(\"{section}\"), used)) = \"{info}\";\n");
        Command.Run("cc", "-c", folder.At("m.c"), "-o", folder.At("m.ko"));
        return File.ReadAllBytes(folder.At("m.ko"));
    }
}

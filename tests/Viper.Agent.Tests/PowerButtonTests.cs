using System.Buffers.Binary;
using System.Diagnostics;
using Viper.Agent.Power;

namespace Viper.Agent.Tests;

/// <summary>Devices are named pipes here: the same bytes come out of them.</summary>
public sealed class PowerButtonTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pressing_DeviceThere_Ends()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.At("input"));
        using var device = MakeDevice(folder.At("input/event0"));
        using var button = PowerButton.Watch(folder.At("input"));

        device.Write(Event(1, 116, 1));
        device.Flush();

        await button.Pressing.WaitAsync(s_deadline, Cancel);
    }

    [Fact]
    public async Task Pressing_FolderAndDeviceComeLater_Ends()
    {
        using var folder = new TempFolder();
        using var button = PowerButton.Watch(folder.At("input"));

        Directory.CreateDirectory(folder.At("input"));
        using var other = MakeDevice(folder.At("input/mouse0"));
        using var device = MakeDevice(folder.At("input/event3"));
        device.Write(Event(1, 116, 1));
        device.Flush();

        await button.Pressing.WaitAsync(s_deadline, Cancel);
    }

    [Fact]
    public async Task Pressing_OtherKeysAndReleases_AreIgnored()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.At("input"));
        using var first = MakeDevice(folder.At("input/event0"));
        using var button = PowerButton.Watch(folder.At("input"));

        // Another key, the release of ours, another kind of event: then the one that counts, on the same device.
        first.Write([.. Event(1, 30, 1), .. Event(1, 116, 0), .. Event(4, 116, 1)]);
        first.Flush();
        Assert.False(button.Pressing.IsCompleted);
        first.Write(Event(1, 116, 1));
        first.Flush();

        await button.Pressing.WaitAsync(s_deadline, Cancel);
    }

    [Fact]
    public void Dispose_NothingHappened_Ends()
    {
        using var folder = new TempFolder();

        PowerButton.Watch(folder.At("input")).Dispose();
    }

    private static FileStream MakeDevice(string path)
    {
        using var mkfifo = Process.Start("mkfifo", path);
        mkfifo.WaitForExit();
        return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
    }

    private static byte[] Event(ushort type, ushort code, int value)
    {
        var bytes = new byte[24];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(16), type);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), code);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), value);
        return bytes;
    }
}

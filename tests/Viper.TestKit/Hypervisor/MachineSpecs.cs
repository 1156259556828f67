using Viper.Hypervisor;

namespace Viper.TestKit.Hypervisor;

/// <summary>Descriptions of machines for tests.</summary>
public static class MachineSpecs
{
    /// <summary>A small machine that boots the test guest; its sockets and logs are in the given folder.</summary>
    public static MachineSpec Small(TestGuest guest, ShortFolder folder, string name = "test") => new()
    {
        Name = name,
        VcpuCount = 1,
        MemoryMib = 192,
        KernelPath = guest.BzImage,
        VmlinuxPath = guest.Vmlinux,
        InitramfsPath = guest.Initramfs,
        CommandLine = "console=ttyS0 quiet reboot=t panic=-1",
        RunDirectory = folder["run"],
        LogDirectory = folder["log"],
    };

    /// <summary>Waits until the guest has printed the line; fails when the port ends first.</summary>
    public static async Task<SerialLine> SeeAsync(this SerialConsole serial, string text, CancellationToken cancellationToken)
    {
        await foreach (SerialLine line in serial.Lines(cancellationToken))
        {
            if (line.Text.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"The serial port ended before the guest printed '{text}'.");
    }

    public static Task TypeAsync(this SerialConsole serial, string text, CancellationToken cancellationToken) =>
        serial.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellationToken);
}

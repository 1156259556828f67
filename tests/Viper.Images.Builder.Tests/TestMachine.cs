using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Viper.Images.Builder.Tests;

/// <summary>A real boot: QEMU's microvm machine in software emulation, its serial console on our side.</summary>
internal sealed class TestMachine : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(3);
    private const int KernelTicks = 250;
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly CancellationTokenSource _late = new(s_deadline);
    private readonly string _control;

    internal TestMachine(ImageReference image, string initramfs, string control, string commandLine, bool bzImage = false)
    {
        _control = control;
        List<string> arguments =
        [
            "-M", "microvm,acpi=on,isa-serial=on,rtc=on", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "256",
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio", "-monitor", "none",
            "-qmp", $"unix:{control},server=on,wait=off",
            "-kernel", bzImage ? image.KernelPath : image.VmlinuxPath, "-initrd", initramfs,
            "-append", $"{image.Manifest.KernelCommandLine} tsc_early_khz={HostTscKhz()} tsc=reliable lpj={HostTscKhz() * 1000 / KernelTicks} {commandLine}",
            "-netdev", "user,id=n,restrict=on", "-device", "virtio-net-device,netdev=n,mac=52:54:00:00:00:01",
        ];
        if (image.RootPath is { } root)
        {
            arguments.AddRange(["-drive", $"id=r,file={root},format=raw,if=none,readonly=on", "-device", "virtio-blk-device,drive=r"]);
        }

        ProcessStartInfo start = new("qemu-system-x86_64", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginErrorReadLine();
    }

    /// <summary>Reads the console up to a line that holds a text.</summary>
    internal async Task<string> WaitForAsync(string text)
    {
        while (await ReadLineAsync() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"The machine ended without saying '{text}':\n{Console()}");
    }

    /// <summary>Waits until the machine has powered itself off, and gives the whole console.</summary>
    internal async Task<string> WaitForPowerOffAsync()
    {
        while (await ReadLineAsync() is not null)
        {
        }

        await _process.WaitForExitAsync(_late.Token);
        Assert.Equal(0, _process.ExitCode);
        return Console();
    }

    internal async Task PressPowerButtonAsync()
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_control), _late.Token);
        using NetworkStream stream = new(socket);
        using StreamReader reader = new(stream);
        await reader.ReadLineAsync(_late.Token);
        await stream.WriteAsync("{\"execute\":\"qmp_capabilities\"}{\"execute\":\"system_powerdown\"}"u8.ToArray(), _late.Token);
        await reader.ReadLineAsync(_late.Token);
        await reader.ReadLineAsync(_late.Token);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _late.Dispose();
    }

    private string Console()
    {
        lock (_lines)
        {
            return string.Join('\n', _lines);
        }
    }

    private async Task<string?> ReadLineAsync()
    {
        try
        {
            string? line = await _process.StandardOutput.ReadLineAsync(_late.Token);
            Add(line);
            return line;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The machine did not come so far within {s_deadline}:\n{Console()}");
        }
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }

    // Without these the guest hangs in timer calibration under software emulation, or loses 0.2 s per further CPU.
    private static long HostTscKhz() =>
        (long)(1000 * double.Parse(
            File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("cpu MHz", StringComparison.Ordinal)).Split(':')[1],
            CultureInfo.InvariantCulture));
}

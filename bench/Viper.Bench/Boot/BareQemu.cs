using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Viper.Stage;

namespace Viper.Bench.Boot;

/// <summary>
/// The floor: QEMU itself, with the very command line that viperd gave it for the same VM (kernel, initramfs, root,
/// devices, machine), started without viperd, until the guest rings.
/// </summary>
internal sealed class BareQemu(ViperStage stage, QemuCapture capture)
{
    private const string Bridge = "viperbr0";
    private const string Ring = "viper: ready ";

    /// <summary>Starts it, waits for the ring, ends it; gives the milliseconds from start to ring.</summary>
    public async Task<double> RunAsync(CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("viper-bare-").FullName;
        try
        {
            using CapturedTap tap = CapturedTap.Make(stage.Network!.Viper, capture.Tap, Bridge);
            return await MeasureAsync(folder, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<double> MeasureAsync(string folder, CancellationToken cancellationToken)
    {
        string initramfs = Path.Combine(folder, "initramfs");
        string serial = Path.Combine(folder, "serial");
        long start = Stopwatch.GetTimestamp();
        File.Copy(capture.Initramfs, initramfs);

        // In the namespace of viperd's VMs; nsenter(1) replaces itself by QEMU.
        await using ChildProgram qemu = ChildProgram.Start(
            "nsenter", new Dictionary<string, string>(), [$"--net=/run/netns/{stage.Network!.Viper.Name}", "--", capture.Program, .. capture.ArgumentsFor(serial, initramfs)]);
        using Socket socket = await ConnectAsync(serial, qemu, cancellationToken);
        await ReadUntilRingAsync(socket, qemu, cancellationToken);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await qemu.KillAsync();
        return elapsed;
    }

    private static async Task<Socket> ConnectAsync(string path, ChildProgram qemu, CancellationToken cancellationToken)
    {
        while (true)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return socket;
            }
            catch (SocketException) when (!qemu.HasExited)
            {
                socket.Dispose();
                await Task.Delay(2, cancellationToken);
            }
            catch (SocketException)
            {
                socket.Dispose();
                throw new StageException($"The bare QEMU ended at once: {qemu.Errors.Trim()}");
            }
        }
    }

    private static async Task ReadUntilRingAsync(Socket socket, ChildProgram qemu, CancellationToken cancellationToken)
    {
        StringBuilder seen = new();
        byte[] buffer = new byte[4096];
        while (!seen.ToString().Contains(Ring, StringComparison.Ordinal))
        {
            int count = await socket.ReceiveAsync(buffer, cancellationToken);
            if (count == 0)
            {
                throw new StageException($"The bare QEMU ended before the ring: {qemu.Errors.Trim()} {seen}");
            }

            seen.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }
}

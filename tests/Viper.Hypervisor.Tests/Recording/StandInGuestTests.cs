using System.IO.Pipes;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>The stand-in's guest, its events and its migrations.</summary>
public sealed class StandInGuestTests : IDisposable
{
    private readonly RecordedPlaces _places = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Machine => """
        {"payload":{"kernel":"/srv/guest/vmlinux"},"pvpanic":true,"serial":{"mode":"Socket","socket":"/run/viper/ser.sock"},"console":{"mode":"Off"}}
        """;

    public void Dispose() => _places.Dispose();

    [Fact]
    public async Task Guest_ViewerThatComesLate_SeesTheGreetingAndTalks()
    {
        await using StandInProcess vmm = new(_places, new StandInOptions());
        await StartAsync(vmm);
        using Socket viewer = await AttachAsync();

        await SeeAsync(viewer, "guest: up\nguest: ready\n");
        await viewer.SendAsync("x"u8.ToArray());
        await SeeAsync(viewer, "guest: echo x\n");
        await viewer.SendAsync("q"u8.ToArray());
        await SeeAsync(viewer, "guest: off\n");

        Assert.Equal(0, await vmm.Ended.WaitAsync(Cancellation));
    }

    [Fact]
    public async Task Guest_Paused_SaysNothingUntilResumed()
    {
        await using StandInProcess vmm = new(_places, new StandInOptions());
        await StartAsync(vmm);
        using Socket viewer = await AttachAsync();
        await SeeAsync(viewer, "guest: up\nguest: ready\n");
        await vmm.DoAsync("vm.pause");
        await viewer.SendAsync("x"u8.ToArray());
        await vmm.DoAsync("vm.power-button");
        Assert.Equal("paused", await vmm.StateAsync());

        await vmm.DoAsync("vm.resume");

        Assert.Equal(0, await vmm.Ended.WaitAsync(Cancellation));
    }

    [Fact]
    public async Task Events_OfALife_AreObjectsWithBlankLinesBetween()
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.In);
        AnonymousPipeClientStream writer = new(PipeDirection.Out, pipe.ClientSafePipeHandle);
        await using (StandInProcess vmm = new(_places, new StandInOptions { Events = writer }))
        {
            await StartAsync(vmm);
            using Socket viewer = await AttachAsync();
            await viewer.SendAsync("!r"u8.ToArray());
            await SeeAsync(viewer, "guest: up\nguest: ready\nguest: panic\nguest: reset\nguest: up\nguest: ready\n");
            await vmm.DoAsync("vm.resize", """{"desired_vcpus":1}""");
            await vmm.TryAsync("PUT", "vm.resize", """{"desired_vcpus":9}""");
            await vmm.DoAsync("vm.send-migration", """{"destination_url":"unix:/run/viper/nobody.sock"}""");
            await vmm.DoAsync("vm.delete");
            await vmm.DoAsync("vmm.shutdown");
            await vmm.Ended.WaitAsync(Cancellation);
        }

        using StreamReader reader = new(pipe);
        string[] events = (await reader.ReadToEndAsync(Cancellation)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        string[] names = [.. events.Select(text => JsonNode.Parse(text)!["event"]!.GetValue<string>())];
        Assert.Equal(
            ["starting", "booting", "booted", "panic", "rebooting", "rebooted", "resizing", "resized", "resizing", "migration-started"], names[..10]);
        Assert.Equal(["deleted", "migration-failed", "shutdown", "shutdown"], names[10..].Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Migration_BetweenTwo_MovesTheMachineAndEndsTheSource()
    {
        await using StandInProcess source = new(_places, new StandInOptions(), "source.sock");
        await using StandInProcess destination = new(_places, new StandInOptions());
        await StartAsync(source);
        Task<RawAnswer> received = destination.DoAsync("vm.receive-migration", """{"receiver_url":"unix:/run/viper/m.sock"}""");
        while (!File.Exists($"{_places.Run}/m.sock"))
        {
            await Task.Yield();
        }

        await source.DoAsync("vm.send-migration", """{"destination_url":"unix:/run/viper/m.sock"}""");

        Assert.Equal(204, (await received).Status);
        Assert.Equal("running", await destination.StateAsync());
        Assert.Equal(0, await source.Ended.WaitAsync(Cancellation));
    }

    [Fact]
    public async Task Coredump_OfAProgramBuiltForIt_WritesAFile()
    {
        await using StandInProcess vmm = new(_places, new StandInOptions { GuestDebug = true });
        await StartAsync(vmm);
        await vmm.DoAsync("vm.pause");

        await vmm.DoAsync("vm.coredump", """{"destination_url":"file:///run/viper/core"}""");

        Assert.Equal([0x7f, .. "ELF"u8], await File.ReadAllBytesAsync($"{_places.Run}/core", Cancellation));
    }

    [Fact]
    public void Fault_WrittenAndRead_IsTheSame()
    {
        StandInFault fault = new("vm.info", StandInFaultKind.Slow, 2) { Delay = TimeSpan.FromMilliseconds(70) };

        Assert.Equal(fault, StandInFault.Parse(fault.ToString()));
    }

    private static async Task StartAsync(StandInProcess vmm)
    {
        await vmm.DoAsync("vm.create", Machine);
        await vmm.DoAsync("vm.boot");
    }

    private static async Task SeeAsync(Socket viewer, string text)
    {
        byte[] buffer = new byte[Encoding.ASCII.GetByteCount(text)];
        for (int length = 0; length < buffer.Length;)
        {
            int count = await viewer.ReceiveAsync(buffer.AsMemory(length), Cancellation);
            Assert.True(count > 0, $"The port ended after '{Encoding.ASCII.GetString(buffer, 0, length)}'.");
            length += count;
        }

        Assert.Equal(text, Encoding.ASCII.GetString(buffer));
    }

    private async Task<Socket> AttachAsync()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{_places.Run}/ser.sock"), Cancellation);
        return socket;
    }
}

using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Viper.Hypervisor.Interop;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>Descriptors that travel with a request (SCM_RIGHTS).</summary>
public sealed class ClientDescriptorTests : IDisposable
{
    private readonly ShortFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AddNetAsync_TwoDescriptors_ArriveWithTheRequest()
    {
        Task<(string Request, string[] Files)> served = ServeAsync();
        await using CloudHypervisorClient client = new(_folder["s"]);
        using SafeFileHandle one = Make("one");
        using SafeFileHandle two = Make("two");

        PciDeviceInfo? added = await client.AddNetAsync(new NetConfig { Id = "n", NumQueues = 4 }, [one, two], Cancellation);

        Assert.Equal(new PciDeviceInfo { Id = "n", Bdf = "0000:00:06.0" }, added);
        (string request, string[] files) = await served.WaitAsync(Cancellation);
        Assert.Equal("""{"id":"n","num_queues":4}""", Body(request));
        Assert.StartsWith("PUT /api/v1/vm.add-net HTTP/1.1\r\n", request);
        Assert.Equal([_folder["one"], _folder["two"]], files);
        Assert.False(one.IsClosed || two.IsClosed);
    }

    [Fact]
    public async Task RestoreAsync_OneDescriptor_ArrivesAndIsNamed()
    {
        Task<(string Request, string[] Files)> served = ServeAsync(ScriptedApi.Response(204));
        await using CloudHypervisorClient client = new(_folder["s"]);
        using SafeFileHandle tap = Make("tap");
        RestoreConfig config = RestoreConfig.FromDirectory("/snap") with { NetFds = [new RestoredNetConfig { Id = "net0", NumFds = 1 }] };

        await client.RestoreAsync(config, [tap], Cancellation);

        (string request, string[] files) = await served.WaitAsync(Cancellation);
        Assert.Equal("""{"source_url":"file:///snap","net_fds":[{"id":"net0","num_fds":1}]}""", Body(request));
        Assert.Equal([_folder["tap"]], files);
    }

    [Fact]
    public async Task ReceiveMigrationAsync_OneDescriptor_Arrives()
    {
        Task<(string Request, string[] Files)> served = ServeAsync(ScriptedApi.Response(204));
        await using CloudHypervisorClient client = new(_folder["s"]);
        using SafeFileHandle tap = Make("tap");
        ReceiveMigrationData data = new() { ReceiverUrl = "unix:/m", NetFds = [new RestoredNetConfig { Id = "net0", NumFds = 1 }] };

        await client.ReceiveMigrationAsync(data, [tap], Cancellation);

        Assert.Equal([_folder["tap"]], (await served.WaitAsync(Cancellation)).Files);
    }

    [Fact]
    public async Task AddDeviceAsync_Descriptor_Arrives()
    {
        Task<(string Request, string[] Files)> served = ServeAsync();
        await using CloudHypervisorClient client = new(_folder["s"]);
        using SafeFileHandle device = Make("vfio");

        await client.AddDeviceAsync(new DeviceConfig { Id = "n" }, device, Cancellation);

        Assert.Equal([_folder["vfio"]], (await served.WaitAsync(Cancellation)).Files);
    }

    [Fact]
    public async Task RestoreAsync_OtherNumberThanTheCardsWant_IsRefused()
    {
        await using CloudHypervisorClient client = new(_folder["s"]);
        using SafeFileHandle tap = Make("tap");

        await Assert.ThrowsAsync<ArgumentException>(() => client.RestoreAsync(RestoreConfig.FromDirectory("/snap"), [tap], Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => client.ReceiveMigrationAsync(new ReceiveMigrationData { ReceiverUrl = "unix:/m" }, [tap], Cancellation));
    }

    [Fact]
    public async Task AddNetAsync_MoreDescriptorsThanOneMessageHolds_IsRefused()
    {
        await using CloudHypervisorClient client = new(_folder["s"]);
        using SafeFileHandle tap = Make("tap");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => client.AddNetAsync(new NetConfig(), [.. Enumerable.Repeat<SafeHandle>(tap, 254)], Cancellation));
    }

    [Fact]
    public async Task AddNetAsync_ClosedDescriptor_IsAnErrorAndNothingIsSent()
    {
        using ScriptedApi api = new(_folder["s"], _ => ScriptedApi.Response(204));
        await using CloudHypervisorClient client = new(_folder["s"]);
        SafeFileHandle tap = Make("tap");
        tap.Dispose();

        await Assert.ThrowsAnyAsync<Exception>(() => client.AddNetAsync(new NetConfig(), [tap], Cancellation));

        Assert.DoesNotContain(api.Requests, request => request.Contains("add-net"));
    }

    private static string Body(string request) => request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    private SafeFileHandle Make(string name) => File.OpenHandle(_folder[name], FileMode.Create, FileAccess.ReadWrite);

    // Serves one request and tells which files its descriptors are of.
    private Task<(string Request, string[] Files)> ServeAsync(string? answer = null)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_folder["s"]));
        listener.Listen(1);
        return Task.Run(() =>
        {
            using (listener)
            {
                using Socket socket = listener.Accept();
                (string request, string[] files) = Receive(socket);
                socket.Send(Encoding.UTF8.GetBytes(answer ?? ScriptedApi.Response(200, """{"id":"n","bdf":"0000:00:06.0"}""")));
                return (request, files);
            }
        });
    }

    private static unsafe (string Request, string[] Files) Receive(Socket socket)
    {
        byte[] bytes = new byte[8192];
        byte[] control = new byte[2048];
        fixed (byte* data = bytes)
        {
            fixed (byte* controlData = control)
            {
                Libc.Iovec vector = new() { Base = data, Length = (nuint)bytes.Length };
                Libc.MessageHeader message = new()
                {
                    Vectors = &vector,
                    VectorCount = 1,
                    Control = controlData,
                    ControlLength = (nuint)control.Length,
                };
                nint count = Libc.recvmsg(socket.SafeHandle, &message, Libc.MSG_CMSG_CLOEXEC);
                Assert.True(count > 0);
                List<string> files = [];
                if (message.ControlLength > 0)
                {
                    Libc.ControlHeader* header = (Libc.ControlHeader*)controlData;
                    Assert.Equal((Libc.SOL_SOCKET, Libc.SCM_RIGHTS), (header->Level, header->Type));
                    int* numbers = (int*)(controlData + sizeof(Libc.ControlHeader));
                    for (int i = 0; i < ((int)header->Length - sizeof(Libc.ControlHeader)) / sizeof(int); i++)
                    {
                        using SafeFd received = new(numbers[i]);
                        files.Add(new FileInfo($"/proc/self/fd/{numbers[i]}").LinkTarget!);
                    }
                }

                return (Encoding.UTF8.GetString(bytes, 0, (int)count), [.. files]);
            }
        }
    }
}

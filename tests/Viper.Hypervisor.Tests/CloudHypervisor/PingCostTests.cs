using System.Net.Sockets;
using System.Text;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>What a request costs in memory. Runs when no other test does, since it looks at the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class PingCostTests : IDisposable
{
    private const int Rounds = 2000;

    // Without optimisation the compiler makes an object of every asynchronous method that is called.
#if DEBUG
    private const int BytesAllowed = 3072;
#else
    private const int BytesAllowed = 1024;
#endif

    private readonly ShortFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task PingAsync_Warm_AllocatesLittle()
    {
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_folder["s"]));
        listener.Listen(1);
        Thread server = new(() => Serve(listener)) { IsBackground = true };
        server.Start();
        long perPing;
        await using (CloudHypervisorClient client = new(_folder["s"]))
        {
            await PingAsync(client);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await PingAsync(client);
            perPing = (GC.GetTotalAllocatedBytes(precise: true) - before) / Rounds;
        }

        server.Join();
        TestContext.Current.SendDiagnosticMessage($"A ping allocates {perPing} bytes.");
        Assert.InRange(perPing, 1, BytesAllowed);
    }

    private static async Task PingAsync(CloudHypervisorClient client)
    {
        for (int i = 0; i < Rounds; i++)
        {
            await client.PingAsync(CancellationToken.None);
        }
    }

    // Allocates nothing once it serves.
    private static void Serve(Socket listener)
    {
        byte[] answer = Encoding.UTF8.GetBytes(
            ScriptedApi.Response(200, """{"build_version":"v53.0","version":"53.0.0","pid":407,"features":["io_uring","kvm"]}"""));
        byte[] request = new byte[1024];
        using Socket socket = listener.Accept();
        while (socket.Receive(request) > 0)
        {
            socket.Send(answer);
        }
    }
}

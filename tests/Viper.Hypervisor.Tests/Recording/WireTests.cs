using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>What behaviour.md says of the HTTP layer besides what the recording shows.</summary>
public sealed class WireTests : IDisposable
{
    private const string Ping = "GET /api/v1/vmm.ping HTTP/1.1\r\n\r\n";

    private readonly ShortFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Answer_WithoutContent_HasNeitherTypeNorLength()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        using RawClient client = new(_folder["s"]);

        await client.SendAsync("PUT /api/v1/vm.delete HTTP/1.1\r\n\r\n"u8.ToArray());

        Assert.Equal("HTTP/1.1 204 \nServer: Cloud Hypervisor API\nConnection: keep-alive", (await client.ReadAsync())?.Head);
    }

    [Fact]
    public async Task Requests_Pipelined_AreAllAnswered()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        using RawClient client = new(_folder["s"]);

        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(Ping + "PUT /api/v1/vm.pause HTTP/1.1\r\n\r\n"));

        Assert.Equal((200, 500), ((await client.ReadAsync())?.Status, (await client.ReadAsync())?.Status));
    }

    [Fact]
    public async Task Request_ByteByByte_IsAnswered()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        using RawClient client = new(_folder["s"]);

        foreach (char letter in Ping)
        {
            await client.SendAsync([(byte)letter]);
        }

        Assert.Equal(200, (await client.ReadAsync())?.Status);
    }

    [Fact]
    public async Task Connections_OverTen_AreRefusedAndClosed()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        List<RawClient> clients = [];
        for (int i = 0; i < 10; i++)
        {
            RawClient client = new(_folder["s"]);
            clients.Add(client);
            await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(Ping));
            Assert.Equal(200, (await client.ReadAsync())?.Status);
        }

        using RawClient eleventh = new(_folder["s"]);
        RawAnswer? answer = await eleventh.ReadAsync();

        Assert.Equal(503, answer?.Status);
        Assert.Contains("Server: Firecracker API\nConnection: close", answer?.Head);
        Assert.Equal("", await eleventh.FinishAsync());
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Ping_WhileAMigrationIsAwaited_IsNotAnsweredUntilItIsOver()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        using RawClient receiving = new(_folder["s"]);
        string body = $$"""{"receiver_url":"unix:{{_folder["m"]}}"}""";
        await receiving.SendAsync(System.Text.Encoding.ASCII.GetBytes($"PUT /api/v1/vm.receive-migration HTTP/1.1\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        await Until(() => vmm.IsReceiving);
        using RawClient asking = new(_folder["s"]);
        await asking.SendAsync(System.Text.Encoding.ASCII.GetBytes(Ping));
        await Until(() => vmm.Requests.Count == 2);
        Task<RawAnswer?> answer = asking.ReadAsync();
        Assert.False(answer.IsCompleted);

        // A source that sends no machine ends the wait.
        using (System.Net.Sockets.Socket source = new(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified))
        {
            source.Connect(new System.Net.Sockets.UnixDomainSocketEndPoint(_folder["m"]));
        }

        Assert.Equal(500, (await receiving.ReadAsync())?.Status);
        Assert.Equal(200, (await answer)?.Status);
    }

    private static async Task Until(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }
}

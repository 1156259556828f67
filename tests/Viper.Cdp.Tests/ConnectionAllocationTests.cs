namespace Viper.Cdp.Tests;

/// <summary>Ten thousand commands and ten thousand events, over a real socket, with a peer that allocates nothing itself.</summary>
[Collection(Alone.Name)]
public sealed class ConnectionAllocationTests
{
    private const int Count = 10_000;
    private const int Rounds = 6;

    // The objects of one asynchronous method, once for ten thousand calls: not a byte for each.
    private const long RoundItself = 2048;

    private const string Two = """{"result":{"type":"number","value":2,"description":"2"}}""";

    [Theory]
    [InlineData(CdpThreading.Dedicated)]
    [InlineData(CdpThreading.Shared)]
    public async Task SendAsync_TenThousandCommands_AllocatesNothing(CdpThreading threading)
    {
        await using var peer = await QuietPeer.AcceptAsync(threading, Two);

        Assert.InRange(await Allocation.LeastAsync(Rounds, () => CommandsAsync(peer.Connection.GetSession("0123456789ABCDEF0123456789ABCDEF"))), 0, RoundItself);
        Assert.Equal(0, peer.Connection.PendingCount);
    }

    [Theory]
    [InlineData(CdpThreading.Dedicated)]
    [InlineData(CdpThreading.Shared)]
    public async Task Hear_TenThousandEvents_AllocatesNothing(CdpThreading threading)
    {
        await using var peer = await QuietPeer.AcceptAsync(threading, Two, events: 100);
        var heard = 0;
        var value = 0;
        using var hearing = peer.Connection.Browser.Hear("Runtime.consoleAPICalled"u8, next =>
        {
            heard++;
            value = next.Parameters["args"u8].EnumerateArray().MoveNext() ? 1 : 0;
        });

        Assert.InRange(await Allocation.LeastAsync(Rounds, () => CommandsAsync(peer.Connection.Browser, Count / 100)), 0, RoundItself);
        Assert.Equal((Count * Rounds, 1), (heard, value));
    }

    private static async Task CommandsAsync(CdpSession session, int count = Count)
    {
        for (var i = 0; i < count; i++)
        {
            using var reply = await session.SendAsync(new EvaluateCommand("1+1"));
            if (reply.Result["result"u8]["value"u8].GetInt32() != 2)
            {
                throw new InvalidOperationException("Another answer.");
            }
        }
    }
}

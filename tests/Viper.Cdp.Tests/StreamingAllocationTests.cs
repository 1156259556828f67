namespace Viper.Cdp.Tests;

/// <summary>What is streamed is held in no memory that grows with it.</summary>
[Collection(Alone.Name)]
public sealed class StreamingAllocationTests
{
    private const int Rounds = 6;
    private const int ImageBytes = 4_500_000;

    // As the bars of the benchmark for six megabytes of Base64 have it.
    private const long Most = 65_536;

    [Theory]
    [InlineData(CdpThreading.Dedicated)]
    [InlineData(CdpThreading.Shared)]
    public async Task CopyAsync_AnImageOfSixMegabytes_IsHeldNowhere(CdpThreading threading)
    {
        await using var peer = await QuietPeer.AcceptAsync(threading, $$"""{"data":"{{Convert.ToBase64String(new byte[ImageBytes])}}"}""");
        using var target = new MemoryStream(ImageBytes);

        Assert.InRange(await Allocation.LeastAsync(Rounds, () => CopyAsync(peer.Connection.Browser, CdpPayload.Data, target)), 0, Most);

        Assert.Equal(ImageBytes, target.Length);
    }

    [Theory]
    [InlineData(CdpThreading.Dedicated)]
    [InlineData(CdpThreading.Shared)]
    public async Task CopyAsync_ATextOfSixMegabytes_IsHeldNowhere(CdpThreading threading)
    {
        await using var peer = await QuietPeer.AcceptAsync(threading, $$$"""{"result":{"type":"string","value":"{{{new string('x', ImageBytes)}}}"}}""");
        using var target = new MemoryStream(ImageBytes);

        Assert.InRange(await Allocation.LeastAsync(Rounds, () => CopyAsync(peer.Connection.Browser, CdpPayload.TextValue, target)), 0, Most);

        Assert.Equal(ImageBytes, target.Length);
    }

    private static async Task CopyAsync(CdpSession session, CdpPayload payload, MemoryStream target)
    {
        target.Position = 0;
        using var reply = await session.CopyAsync(new EvaluateCommand("1"), payload, target);
    }
}

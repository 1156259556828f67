using System.Text;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Tests.Frames;

public sealed class HandshakeTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Accept_KeyOfTheSpecification_GivesItsValue() => // RFC 6455, 1.3
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", WebSocketHandshake.Accept("dGhlIHNhbXBsZSBub25jZQ=="));

    [Fact]
    public async Task ConnectAsync_OurOwnServer_AgreesAndMessagesFlow()
    {
        var wire = new Wire();
        var connecting = WebSocketHandshake.ConnectAsync(
            wire.Client, "127.0.0.1:9222", "/devtools/browser/1?a=b", new Dictionary<string, string> { ["X-Ticket"] = "t" }, null, Cancel);
        var request = await WebSocketRequest.ReadAsync(wire.Server, null, Cancel).WaitAsync(s_deadline, Cancel);
        await request.AcceptAsync(Cancel);
        await connecting.WaitAsync(s_deadline, Cancel);

        Assert.Equal(("GET", "/devtools/browser/1?a=b", "127.0.0.1:9222", "t"), (request.Method, request.Target, request.Headers["host"], request.Headers["x-ticket"]));
        new WebSocketWriter(wire.Client.Output, WebSocketRole.Client).TryWrite(WebSocketOpcode.Text, "hello"u8);
        using var reader = new WebSocketMessageReader(
            wire.Server.Input, new WebSocketWriter(wire.Server.Output, WebSocketRole.Server), WebSocketRole.Server);
        Assert.True(await reader.ReadAsync(Cancel).AsTask().WaitAsync(s_deadline, Cancel));
        Assert.Equal("hello", Encoding.UTF8.GetString(reader.Message.Span));
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n")]
    public async Task AcceptAsync_NotAsked_IsRefused(string head)
    {
        var wire = new Wire();
        await wire.Client.Output.WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
        var request = await WebSocketRequest.ReadAsync(wire.Server, null, Cancel).WaitAsync(s_deadline, Cancel);

        Assert.False(request.IsUpgrade);
        await Assert.ThrowsAsync<InvalidOperationException>(() => request.AcceptAsync(Cancel));
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nno header\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n")]
    public async Task ReadAsync_NotARequest_IsATypedError(string head)
    {
        var wire = new Wire();
        await wire.Client.Output.WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);

        await Assert.ThrowsAsync<CdpHandshakeException>(() => WebSocketRequest.ReadAsync(wire.Server, null, Cancel).WaitAsync(s_deadline, Cancel));
    }

    [Theory]
    [InlineData("evil\r\nX: y", "/")]
    [InlineData("host", "/\r\nX: y")]
    public async Task ConnectAsync_LineBreakInAPart_IsAnArgumentError(string host, string target) =>
        await Assert.ThrowsAsync<ArgumentException>(() => WebSocketHandshake.ConnectAsync(new Wire().Client, host, target, null, null, Cancel));
}

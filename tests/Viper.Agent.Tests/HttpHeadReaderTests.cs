using System.Buffers;
using System.Text;
using Viper.Agent.Http;

namespace Viper.Agent.Tests;

public sealed class HttpHeadReaderTests
{
    private const string Good =
        "POST /navigate?a=b HTTP/1.1\r\nHost: 192.168.127.11:8765\r\nX-Viper-Token:\t abc \r\nContent-Length: 12\r\nEmpty:\r\n\r\n";

    [Fact]
    public void TryReadRequest_Whole_ReadsEveryPart()
    {
        var status = Read(Good + "body", out var head, out var consumed, out var fault);

        Assert.Equal((OperationStatus.Done, Good.Length), (status, consumed));
        Assert.Null(fault);
        Assert.Equal(("POST", "/navigate", "a=b"), (head!.Method, head.Path.ToString(), head.Query.ToString()));
        Assert.Equal(("abc", 12L, string.Empty), (head.Headers["x-viper-token"], head.ContentLength, head.Headers["empty"]));
    }

    [Fact]
    public void TryReadRequest_EveryPrefix_NeedsMoreData()
    {
        for (var cut = 0; cut < Good.Length; cut++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, Read(Good[..cut], out var head, out var consumed, out _));
            Assert.Null(head);
            Assert.Equal(0, consumed);
        }
    }

    [Fact]
    public void TryReadResponse_EveryPrefix_NeedsMoreData()
    {
        var answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\r\n"u8.ToArray();
        for (var cut = 0; cut < answer.Length; cut++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, HttpHeadReader.TryReadResponse(answer.AsSpan(0, cut), out _, out _, out _));
        }

        Assert.Equal(OperationStatus.Done, HttpHeadReader.TryReadResponse(answer, out var head, out _, out _));
        Assert.Equal(101, head!.Status);
    }

    [Fact]
    public void TryRead_MutatedHeads_NeverThrowNorConsumeTooMuch()
    {
        var random = new Random(8765);
        var original = Encoding.ASCII.GetBytes(Good);
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = (byte[])original.Clone();
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var request = HttpHeadReader.TryReadRequest(bytes, out var head, out var consumed, out var fault);
            Assert.InRange(consumed, 0, bytes.Length);
            Assert.Equal(request == OperationStatus.InvalidData, fault is not null);
            Assert.True(request != OperationStatus.Done || head is not null);
            HttpHeadReader.TryReadResponse(bytes, out _, out consumed, out _);
            Assert.InRange(consumed, 0, bytes.Length);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: 1.2.3.4\n\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("GET / FTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nB: x\u0001y\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    public void TryReadRequest_NotAcceptable_SaysTheStatus(string text, int status)
    {
        Assert.Equal(OperationStatus.InvalidData, Read(text, out _, out _, out var fault));
        Assert.Equal(status, fault!.Status);
        Assert.NotEmpty(fault.Detail);
    }

    [Fact]
    public void TryReadRequest_HeadAtTheLimit_IsRead()
    {
        var start = "GET / HTTP/1.1\r\nHost: a\r\nA: ";
        var text = start + new string('a', HttpLimits.HeadBytes - start.Length - 4) + "\r\n\r\n";

        Assert.Equal(OperationStatus.Done, Read(text, out _, out _, out _));
        Assert.Equal(OperationStatus.InvalidData, Read(text.Insert(start.Length, "a"), out _, out _, out var fault));
        Assert.Equal(431, fault!.Status);
    }

    [Fact]
    public void TryReadRequest_TooManyHeaders_Says431()
    {
        var fields = string.Concat(Enumerable.Range(0, HttpLimits.Headers).Select(i => $"a{i}: b\r\n"));

        Assert.Equal(OperationStatus.InvalidData, Read($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n", out _, out _, out var fault));
        Assert.Equal(431, fault!.Status);
    }

    [Theory]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    public void TryReadResponse_NotAStatusLine_IsInvalid(string text) =>
        Assert.Equal(OperationStatus.InvalidData, HttpHeadReader.TryReadResponse(Encoding.ASCII.GetBytes(text), out _, out _, out _));

    private static OperationStatus Read(string text, out HttpRequestHead? head, out int consumed, out HttpFault? fault) =>
        HttpHeadReader.TryReadRequest(Encoding.Latin1.GetBytes(text), out head, out consumed, out fault);
}

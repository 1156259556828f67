using System.Buffers;
using System.Text;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

public sealed class HttpResponseReaderTests
{
    // As the program writes them: an empty reason phrase after a space.
    private const string WithBody =
        "HTTP/1.1 200 \r\nServer: Cloud Hypervisor API\r\nConnection: keep-alive\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n[\"a\", \"bc\"]";

    private const string NoContent = "HTTP/1.1 204 \r\nServer: Cloud Hypervisor API\r\nConnection: keep-alive\r\n\r\n";

    [Theory]
    [InlineData(WithBody, 200, "[\"a\", \"bc\"]")]
    [InlineData(NoContent, 204, "")]
    [InlineData("HTTP/1.1 503\r\nConnection: close\r\n\r\n", 503, "")]
    [InlineData("HTTP/1.1 404 Not Found\r\ncontent-length:0\r\n\r\n", 404, "")]
    public void TryRead_WholeResponse_IsDone(string text, int status, string body)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);

        Assert.Equal(OperationStatus.Done, HttpResponseReader.TryRead(bytes, out HttpResponse response, out int consumed));
        Assert.Equal((status, body, bytes.Length), (response.Status, Encoding.UTF8.GetString(response.Body), consumed));
        Assert.Equal(!text.Contains("close"), response.KeepAlive);
    }

    [Theory]
    [InlineData(WithBody)]
    [InlineData(NoContent)]
    public void TryRead_CutAtEveryLength_NeedsMore(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, HttpResponseReader.TryRead(bytes.AsSpan(0, length), out _, out _));
        }
    }

    [Fact]
    public void TryRead_TwoResponses_ConsumesOne()
    {
        Assert.Equal(
            OperationStatus.Done, HttpResponseReader.TryRead(Encoding.UTF8.GetBytes(NoContent + WithBody), out _, out int consumed));
        Assert.Equal(NoContent.Length, consumed);
    }

    [Theory]
    [InlineData("220 mail\r\n\r\n")]
    [InlineData("H?")]
    [InlineData("HTTP/1.1 99 \r\n\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    [InlineData("HTTP/2.0 200 \r\n\r\n")]
    [InlineData("HTTP/1.1 200 \r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 \r\nContent-Length: 4194305\r\n\r\n")]
    [InlineData("HTTP/1.1 200 \r\nContent-Length: 99999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 \r\nno colon\r\n\r\n")]
    public void TryRead_NotThisServer_IsInvalid(string text) =>
        Assert.Equal(OperationStatus.InvalidData, HttpResponseReader.TryRead(Encoding.UTF8.GetBytes(text), out _, out _));

    [Fact]
    public void TryRead_EndlessHead_IsInvalid() => Assert.Equal(
        OperationStatus.InvalidData,
        HttpResponseReader.TryRead(Encoding.UTF8.GetBytes("HTTP/1.1 200 \r\nX: " + new string('x', HttpResponseReader.HeadLimit)), out _, out _));

    [Fact]
    public void TryRead_Mutated_NeverThrows()
    {
        Random random = new(3);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(WithBody);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            _ = HttpResponseReader.TryRead(bytes, out _, out _);
        }
    }
}

using System.Text;
using Viper.Cli.Forwarding;

namespace Viper.Cli.Tests;

public sealed class HttpHeadTests
{
    private static readonly byte[] s_good = "GET /json/version?x HTTP/1.1\r\nHost: localhost:1\r\nConnection: a, Upgrade\r\nX: 1\r\nX: 2\r\n\r\n"u8.ToArray();

    [Fact]
    public void Parse_WholeHead_HasItsParts()
    {
        HttpHead head = HttpHead.Parse(s_good)!;

        Assert.Equal(("GET", "/json/version?x", "/json/version"), (head.Method, head.Target, head.Path));
        Assert.Equal(("localhost:1", "1, 2", true, false), (head["host"], head["x"], head.Has("connection", "upgrade"), head.Has("X", "3")));
    }

    [Fact]
    public void EndOf_EveryTruncation_IsMissing()
    {
        for (int length = 0; length < s_good.Length; length++)
        {
            Assert.Equal(-1, HttpHead.EndOf(s_good.AsSpan(0, length)));
        }

        Assert.Equal(s_good.Length, HttpHead.EndOf([.. s_good, .. "rest"u8]));
    }

    [Theory]
    [InlineData("GET  /json HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("get /json HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET json HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /json HTTP/2\r\nHost: a\r\n\r\n")]
    [InlineData("GET /json HTTP/1.1\r\n\r\n")]
    [InlineData("GET /json HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n")]
    [InlineData("GET /json HTTP/1.1\r\nHost: a\r\nNoColon\r\n\r\n")]
    [InlineData("GET /json HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n")]
    [InlineData("GET /json HTTP/1.1\r\nHost: a\r\nX: b\nc: d\r\n\r\n")]
    [InlineData("GET /js\0on HTTP/1.1\r\nHost: a\r\n\r\n")]
    public void Parse_NotAHead_IsNull(string text) => Assert.Null(HttpHead.Parse(Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void Parse_RandomlyChanged_NeverThrows()
    {
        Random random = new(20261120);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. s_good];
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            _ = HttpHead.Parse(changed.AsSpan(0, random.Next(changed.Length + 1)));
        }
    }
}

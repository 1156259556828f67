using System.Text;

namespace Viper.Client.Tests;

public sealed class ServerSentEventReaderTests
{
    private const string Stream = "retry: 1500\n\n: keepalive\n\nid: 1\nevent: A\ndata: one\n\nid: 2\ndata: two\ndata:  lines\n\nevent: lost\n\ndata\n\n";

    private static readonly ServerSentEvent[] s_expected = [new("1", "A", "one"), new("2", "message", "two\n lines"), new("2", "message", "")];

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Append_CutAnywhere_YieldsTheSameEvents(string lineEnd)
    {
        byte[] bytes = Encoding.UTF8.GetBytes("\uFEFF" + Stream.Replace("\n", lineEnd, StringComparison.Ordinal));
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            ServerSentEventReader reader = new();
            List<ServerSentEvent> events = [];

            reader.Append(bytes.AsSpan(0, cut), events);
            reader.Append(bytes.AsSpan(cut), events);

            Assert.Equal(s_expected, events);
            Assert.Equal((TimeSpan.FromMilliseconds(1500), "2"), (reader.Retry!.Value, reader.LastEventId));
        }
    }

    [Fact]
    public void Append_ByteByByte_YieldsTheSameEvents()
    {
        ServerSentEventReader reader = new();
        List<ServerSentEvent> events = [];

        foreach (byte one in Encoding.UTF8.GetBytes(Stream))
        {
            reader.Append([one], events);
        }

        Assert.Equal(s_expected, events);
    }

    [Fact]
    public void Append_EveryTruncation_YieldsOnlyWholeEvents()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Stream);
        for (int length = 0; length < bytes.Length; length++)
        {
            List<ServerSentEvent> events = [];

            new ServerSentEventReader().Append(bytes.AsSpan(0, length), events);

            Assert.Equal(s_expected[..events.Count], events);
        }
    }

    [Theory]
    [InlineData("retry: x\n\n")]
    [InlineData("retry: 99999999999\n\n")]
    [InlineData("retry:\n\n")]
    [InlineData("id: a\0b\n\n")]
    public void Append_BadField_IsIgnored(string text)
    {
        ServerSentEventReader reader = new();
        reader.Append(Encoding.UTF8.GetBytes(text), []);

        Assert.Equal((null, ""), (reader.Retry, reader.LastEventId));
    }

    [Fact]
    public void Append_EventTooLarge_Throws()
    {
        ServerSentEventReader reader = new();
        byte[] megabyte = new byte[1024 * 1024];
        Array.Fill(megabyte, (byte)'a');

        Assert.Throws<InvalidDataException>(() =>
        {
            for (int i = 0; i < 18; i++)
            {
                reader.Append(megabyte, []);
            }
        });
    }

    [Fact]
    public void Append_RandomBytes_NeverFails()
    {
        Random random = new(20261120);
        byte[] bytes = Encoding.UTF8.GetBytes(Stream);
        for (int round = 0; round < 5000; round++)
        {
            byte[] changed = [.. bytes];
            for (int i = random.Next(1, 8); i > 0; i--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            new ServerSentEventReader().Append(changed, []);
        }
    }
}

using System.Text;
using System.Text.Json;
using Viper.Cdp.Protocol;

namespace Viper.Cdp.Tests;

public sealed class EnvelopeTests
{
    [Fact]
    public void Read_EveryPrefixOfAMessage_ThrowsJsonException()
    {
        var message = Encoding.UTF8.GetBytes("""{"id":7,"sessionId":"s","result":{"a":[1,{"b":"ü"}],"c":null}}""");
        for (var cut = 0; cut < message.Length; cut++)
        {
            Assert.ThrowsAny<JsonException>(() => Envelope.Read(message.AsSpan(0, cut)));
        }

        var whole = Envelope.Read(message);
        Assert.Equal((7, "s", false), (whole.Id, Encoding.UTF8.GetString(whole.SessionId), whole.IsError));
        Assert.Equal("""{"a":[1,{"b":"ü"}],"c":null}""", Encoding.UTF8.GetString(whole.Content));
        Assert.Equal("{\"a\"", Encoding.UTF8.GetString(message.AsSpan(whole.ContentStart, 4)));
    }

    [Fact]
    public void Read_MutatedMessages_GiveAMessageOrJsonException()
    {
        var original = Encoding.UTF8.GetBytes("""{"method":"A.b","sessionId":"s","params":{"a":[1,{"b":"ü"}],"id":1},"id":12}""");
        var random = new Random(156);
        for (var round = 0; round < 50_000; round++)
        {
            var message = (byte[])original.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                message[random.Next(message.Length)] = (byte)random.Next(256);
            }

            try
            {
                Envelope.Read(message);
            }
            catch (JsonException)
            {
                // The one failure that the receive loop expects.
            }
        }
    }

    [Fact]
    public void Read_EscapedMethod_IsUnescaped() =>
        Assert.Equal("A.b", Encoding.UTF8.GetString(Envelope.Read("""{"method":"A\u002eb"}"""u8).Method));
}

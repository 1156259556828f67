using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Viper.Contracts.Tests;

public sealed class DevToolsDiscoveryTests
{
    private static readonly byte[] s_list =
        """[{"id":"P1","title":"x \"y\" <b>","devtoolsFrontendUrl":"https://f.invalid","webSocketDebuggerUrl":"ws://127.0.0.1:9222/devtools/page/P1","n":1.50}]"""u8.ToArray();

    [Fact]
    public void Rewrite_List_MovesSocketsAndDropsFrontends()
    {
        using JsonDocument list = JsonDocument.Parse(Rewrite(s_list, "ws://h:1/p"));

        JsonElement page = list.RootElement[0];
        Assert.Equal(("ws://h:1/p/devtools/page/P1", "x \"y\" <b>", "1.50"),
            (page.GetProperty("webSocketDebuggerUrl").GetString(), page.GetProperty("title").GetString(), page.GetProperty("n").GetRawText()));
        Assert.False(page.TryGetProperty("devtoolsFrontendUrl", out _));
    }

    /// <summary>A relay behind the daemon's gets documents with tickets, and has none of its own.</summary>
    [Fact]
    public void Rewrite_Ticket_IsInEveryAddressAndTakenOutAgain()
    {
        ArrayBufferWriter<byte> ticketed = new();
        DevToolsDiscovery.Rewrite(s_list, "ws://h:1/p", "T-_1", ticketed);
        using JsonDocument list = JsonDocument.Parse(ticketed.WrittenMemory);
        using JsonDocument again = JsonDocument.Parse(Rewrite(ticketed.WrittenSpan.ToArray(), "ws://g:2"));

        Assert.Equal("ws://h:1/p/devtools/page/P1?ticket=T-_1", list.RootElement[0].GetProperty("webSocketDebuggerUrl").GetString());
        Assert.Equal("ws://g:2/devtools/page/P1", again.RootElement[0].GetProperty("webSocketDebuggerUrl").GetString());
    }

    [Theory]
    [InlineData("\"ws://h/other/P1\"")]
    [InlineData("\"ws://h/devtools/page/P1?x=1\"")]
    [InlineData("\"ws://h/devtools/page/P1\\r\\nX: y\"")]
    [InlineData("\"ws://h/devtools/../../x\"")]
    [InlineData("5")]
    public void Rewrite_AddressThatIsNone_IsLeftOut(string value)
    {
        byte[] document = Encoding.UTF8.GetBytes($$"""{"webSocketDebuggerUrl":{{value}}}""");

        using JsonDocument rewritten = JsonDocument.Parse(Rewrite(document, "ws://h"));

        Assert.Empty(rewritten.RootElement.EnumerateObject());
    }

    [Fact]
    public void Rewrite_EveryTruncation_ThrowsJsonException()
    {
        for (int length = 0; length < s_list.Length; length++)
        {
            Assert.ThrowsAny<JsonException>(() => Rewrite(s_list[..length], "ws://h"));
        }
    }

    [Fact]
    public void Rewrite_RandomlyChanged_ThrowsNothingElse()
    {
        Random random = new(20261120);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. s_list];
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                Rewrite(changed, "ws://h");
            }
            catch (JsonException)
            {
                // The one error that it has.
            }
        }
    }

    private static byte[] Rewrite(byte[] document, string socketBase)
    {
        ArrayBufferWriter<byte> output = new();
        DevToolsDiscovery.Rewrite(document, socketBase, output);
        return output.WrittenSpan.ToArray();
    }
}

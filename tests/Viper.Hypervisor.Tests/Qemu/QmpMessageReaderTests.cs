using System.Text;
using Viper.Hypervisor.Qemu;

namespace Viper.Hypervisor.Tests.Qemu;

public sealed class QmpMessageReaderTests
{
    // As QEMU 7.2 sends them.
    private const string Greeting =
        """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2"}, "capabilities": ["oob"]}}""";

    private const string Shutdown =
        """{"timestamp": {"seconds": 1763625600, "microseconds": 5}, "event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown"}}""";

    private const string Refusal = """{"id": 7, "error": {"class": "CommandNotFound", "desc": "The command x has not been found"}}""";

    private const string Answer = """{"return": {"status": "running", "singlestep": false, "running": true}, "id": 3}""";

    [Fact]
    public void TryRead_EachKind_IsKnown()
    {
        Assert.Equal(QmpMessageKind.Greeting, Read(Greeting).Kind);
        QmpMessage shutdown = Read(Shutdown);
        Assert.Equal((QmpMessageKind.Event, "SHUTDOWN"), (shutdown.Kind, shutdown.Name));
        QmpMessage refusal = Read(Refusal);
        Assert.Equal((QmpMessageKind.Error, 7L, "CommandNotFound"), (refusal.Kind, refusal.Id, refusal.Name));
        Assert.Equal("The command x has not been found", refusal.Text);
        QmpMessage answer = Read(Answer);
        Assert.Equal((QmpMessageKind.Return, 3L), (answer.Kind, answer.Id));
        Assert.True(answer.Body.GetProperty("running").GetBoolean());
    }

    [Theory]
    [InlineData(Greeting)]
    [InlineData(Shutdown)]
    [InlineData(Refusal)]
    [InlineData(Answer)]
    public void TryRead_CutAtEveryLength_IsNoMessage(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(QmpMessageReader.TryRead(bytes.AsMemory(0, length), out _));
        }
    }

    [Theory]
    [InlineData(Greeting)]
    [InlineData(Shutdown)]
    [InlineData(Refusal)]
    [InlineData(Answer)]
    public void TryRead_Mutated_NeverThrows(string text)
    {
        Random random = new(7);
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            _ = QmpMessageReader.TryRead(bytes, out _);
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"event": 5}""")]
    [InlineData("""{"event": "\ud800"}""")]
    public void TryRead_OtherJson_IsNoMessage(string text) => Assert.False(QmpMessageReader.TryRead(Encoding.UTF8.GetBytes(text), out _));

    private static QmpMessage Read(string text)
    {
        Assert.True(QmpMessageReader.TryRead(Encoding.UTF8.GetBytes(text), out QmpMessage message));
        return message;
    }
}

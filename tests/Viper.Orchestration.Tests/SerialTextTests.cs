using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Tests;

public sealed class SerialTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("one\r\ntwo\n", "one |two")]
    [InlineData("\u001b[31mred\u0007\0", "[31mred")]
    public void Clean_OfWhatAGuestPrinted_IsOneHarmlessLine(string printed, string expected) => Assert.Equal(expected, SerialText.Clean(printed));

    [Fact]
    public void Clean_OfMuch_KeepsTheEnd()
    {
        string text = SerialText.Clean(new string('a', 5000) + "end");

        Assert.Equal(401, text.Length);
        Assert.EndsWith("aend", text, StringComparison.Ordinal);
    }
}

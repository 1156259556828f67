using System.Text;
using Viper.Hypervisor.Serial;

namespace Viper.Hypervisor.Tests.Serial;

public sealed class SerialLineSplitterTests
{
    private readonly SerialLineSplitter _splitter = new();
    private readonly List<(string Text, bool Continues)> _lines = [];

    [Fact]
    public void Push_AnyCut_GivesTheSameLines()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("one\r\ntwö\n\nthree\r\r\n");
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            _lines.Clear();
            Push(bytes[..cut]);
            Push(bytes[cut..]);
            Assert.Equal(["one", "twö", "", "three"], _lines.Select(line => line.Text));
            Assert.All(_lines, line => Assert.False(line.Continues));
        }
    }

    [Fact]
    public void Push_EndlessLine_ComesInBoundedParts()
    {
        Push(new byte[(3 * SerialLineSplitter.LineLimit) + 10]);
        Push("\n"u8.ToArray());

        Assert.Equal(
            [SerialLineSplitter.LineLimit, SerialLineSplitter.LineLimit, SerialLineSplitter.LineLimit, 10],
            _lines.Select(line => line.Text.Length));
        Assert.Equal([true, true, true, false], _lines.Select(line => line.Continues));
    }

    [Fact]
    public void Push_LineOfExactlyTheLimit_IsWhole()
    {
        Push([.. new byte[SerialLineSplitter.LineLimit], (byte)'\n', (byte)'x', (byte)'\n']);

        Assert.Equal([(SerialLineSplitter.LineLimit, false), (1, false)], _lines.Select(line => (line.Text.Length, line.Continues)));
    }

    [Fact]
    public void Push_InvalidUtf8AndNul_AreReplacedAndKept()
    {
        Push([0xff, 0, (byte)'a', 0xc3, (byte)'\n']);

        Assert.Equal("\ufffd\0a\ufffd", Assert.Single(_lines).Text);
    }

    [Fact]
    public void Finish_UnendedLine_Continues()
    {
        Push("login: "u8.ToArray());
        Assert.Empty(_lines);

        _splitter.Finish(Take);

        Assert.Equal(("login: ", true), Assert.Single(_lines));
    }

    private void Push(byte[] bytes) => _splitter.Push(bytes, Take);

    private void Take(string text, bool continues) => _lines.Add((text, continues));
}

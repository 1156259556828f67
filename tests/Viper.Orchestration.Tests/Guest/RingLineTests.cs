using Viper.Orchestration.Guest;

namespace Viper.Orchestration.Tests.Guest;

public sealed class RingLineTests
{
    [Fact]
    public void Parse_OfTheAgentsLine_GivesKindAndTimes()
    {
        RingLine? line = RingLine.Parse("""viper: ready {"agent":"0.1.0","browser":"HeadlessChrome/156","boot_ms":{"agent_start":1800.5,"browser_ready":6300}}""");

        Assert.Equal("ready", line?.Kind);
        Assert.Equal(1800.5, line!.Milliseconds["agent_start"]);
        Assert.Equal(2, line.Milliseconds.Count);
    }

    [Fact]
    public void Parse_BehindKernelNoise_FindsTheLine() =>
        Assert.Equal("init", RingLine.Parse("""[    1.23] random: viper: init {"init_start":12}""")?.Kind);

    [Theory]
    [InlineData("")]
    [InlineData("viper: ready")]
    [InlineData("viper: ready {")]
    [InlineData("viper: ready []")]
    [InlineData("viper:  {}")]
    [InlineData("viper: a-kind-that-is-longer-than-any-of-ours-can-be {}")]
    [InlineData("\0\0\uFFFD")]
    public void Parse_OfAnythingElse_IsNull(string text) => Assert.Null(RingLine.Parse(text));

    [Fact]
    public void Parse_OfAHostileObject_TakesFewShortFiniteNumbers()
    {
        string many = string.Join(',', Enumerable.Range(0, 1000).Select(static i => $"\"k{i}\":{i}"));

        RingLine? line = RingLine.Parse($$"""viper: ready {"{{new string('x', 100)}}":1,"text":"2","huge":1e999,{{many}}}""");

        Assert.Equal(64, line!.Milliseconds.Count);
        Assert.DoesNotContain("text", line.Milliseconds.Keys);
        Assert.All(line.Milliseconds, static n => Assert.True(double.IsFinite(n.Value) && n.Key.Length <= 64));
    }

    [Fact]
    public void Parse_OfEveryPrefixAndMutation_NeverThrows()
    {
        const string Whole = """viper: ready {"agent":"0.1.0","boot_ms":{"agent_start":1800.5}}""";
        Random random = new(7);
        for (int length = 0; length <= Whole.Length; length++)
        {
            RingLine.Parse(Whole[..length]);
        }

        for (int i = 0; i < 20_000; i++)
        {
            char[] text = Whole.ToCharArray();
            text[random.Next(text.Length)] = (char)random.Next(0x20, 0x7F);
            text[random.Next(text.Length)] = (char)random.Next(0, 0x10000);
            RingLine.Parse(new string(text));
        }
    }
}

using System.Text.RegularExpressions;

namespace Viper.Contracts.Tests;

public sealed class VmNameTests
{
    [Fact]
    public void IsValid_RandomTexts_AgreesWithThePattern()
    {
        const string Letters = "ab09-_A.é\n";
        Random random = new(20261120);
        for (int round = 0; round < 50_000; round++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(0, 46)).Select(_ => Letters[random.Next(random.Next(2) == 0 ? 5 : Letters.Length)])]);

            // $ also matches before a last line feed, which no name ends with.
            Assert.Equal(Regex.IsMatch(text, VmName.Pattern) && !text.EndsWith('\n'), VmName.IsValid(text));
        }
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("a", true)]
    [InlineData("a-b", true)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a/b", false)]
    public void IsValid_Edges_AreDecided(string? name, bool expected) => Assert.Equal(expected, VmName.IsValid(name));

    [Theory]
    [InlineData(42, true)]
    [InlineData(43, false)]
    public void IsValid_Length_IsBounded(int length, bool expected) => Assert.Equal(expected, VmName.IsValid(new string('a', length)));
}

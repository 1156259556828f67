using Viper.Images.Builder.Recipes;

namespace Viper.Images.Builder.Tests;

public sealed class PathPatternsTests
{
    [Theory]
    [InlineData("/usr/share/doc/**", "/usr/share/doc", true)]
    [InlineData("/usr/share/doc/**", "/usr/share/doc/a/b", true)]
    [InlineData("/usr/share/doc/**", "/usr/share/docs", false)]
    [InlineData("/usr/lib/*.so", "/usr/lib/a.so", true)]
    [InlineData("/usr/lib/*.so", "/usr/lib/x/a.so", false)]
    [InlineData("/usr/**/*.a", "/usr/lib/x/a.a", true)]
    [InlineData("/usr/lib/li?.so", "/usr/lib/lib.so", true)]
    [InlineData("/usr/lib/li?.so", "/usr/lib/li/.so", false)]
    [InlineData("/a.b+(c)", "/a.b+(c)", true)]
    [InlineData("/a.b", "/axb", false)]
    public void Matches_OnePattern_FollowsTheRule(string pattern, string path, bool matches) =>
        Assert.Equal(matches, new PathPatterns([pattern]).Matches(path));

    [Fact]
    public void Matches_SeveralPatterns_TheLastThatFitsDecides()
    {
        PathPatterns patterns = new(["/usr/share/**", "!/usr/share/fonts/**", "/usr/share/fonts/x"]);

        Assert.True(patterns.Matches("/usr/share/doc"));
        Assert.False(patterns.Matches("/usr/share/fonts/a"));
        Assert.True(patterns.Matches("/usr/share/fonts/x"));
    }

    [Fact]
    public void Matches_NoPattern_IsFalse() => Assert.False(new PathPatterns([]).Matches("/"));
}

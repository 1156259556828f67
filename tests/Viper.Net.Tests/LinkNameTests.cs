namespace Viper.Net.Tests;

public sealed class LinkNameTests
{
    [Theory]
    [InlineData("eth0", true)]
    [InlineData("vt01234567", true)]
    [InlineData("fifteen-letters", true)]
    [InlineData("sixteen--letters", false)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a:b", false)]
    [InlineData("a b", false)]
    [InlineData("tap%d", false)]
    public void IsValid_Name_FollowsTheKernel(string name, bool expected) => Assert.Equal(expected, LinkName.IsValid(name));
}

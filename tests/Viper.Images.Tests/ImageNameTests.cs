namespace Viper.Images.Tests;

public sealed class ImageNameTests
{
    [Theory]
    [InlineData("browser")]
    [InlineData("a")]
    [InlineData("python-3-13")]
    [InlineData("0123456789012345678901234567890123456789ab")]
    public void IsValid_Name_IsTrue(string name) => Assert.True(ImageName.IsValid(name));

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../browser")]
    [InlineData("a/b")]
    [InlineData("Browser")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("é")]
    [InlineData("0123456789012345678901234567890123456789abc")]
    public void Check_NotAName_ThrowsWithTheRule(string name)
    {
        ImageNameException thrown = Assert.Throws<ImageNameException>(() => ImageName.Check(name));

        Assert.Equal(name, thrown.Image);
        Assert.Contains("1 to 42 lower-case letters", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', thrown.Message);
    }

    [Fact]
    public void IsValid_Null_IsFalse() => Assert.False(ImageName.IsValid(null));
}

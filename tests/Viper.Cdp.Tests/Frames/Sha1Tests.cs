using System.Security.Cryptography;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Tests.Frames;

public sealed class Sha1Tests
{
    [Fact]
    public void Hash_EveryAllowedLength_IsThatOfThePlatform()
    {
        var digest = new byte[Sha1.Size];
        for (var length = 0; length <= 119; length++)
        {
            var text = Enumerable.Range(0, length).Select(i => (byte)(i * 31)).ToArray();
            Sha1.Hash(text, digest);
            Assert.Equal(SHA1.HashData(text), digest);
        }
    }

    [Fact]
    public void Hash_TooLong_IsAnArgumentError() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sha1.Hash(new byte[120], new byte[Sha1.Size]));
}

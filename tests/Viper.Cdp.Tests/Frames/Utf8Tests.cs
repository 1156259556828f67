using System.Text;
using System.Text.Unicode;
using FsCheck;
using FsCheck.Fluent;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Tests.Frames;

public sealed class Utf8Tests
{
    // The texts of Autobahn's cases 6.*: Greek, every length, the bounds of each; then surrogates, beyond the last, overlong, broken.
    public static TheoryData<string, bool> Texts() => new()
    {
        { "cebae1bdb9cf83cebcceb5", true }, { "48656c6c6f2dc2b540c39fc3b6c3a4c3bcc3a0c3a12d5554462d382121", true },
        { "00", true }, { "c280", true }, { "e0a080", true }, { "f0908080", true }, { "7f", true }, { "dfbf", true },
        { "efbfbf", true }, { "f48fbfbf", true }, { "ed9fbf", true }, { "ee8080", true }, { "efbfbd", true }, { "efbfbe", true },
        { "f4908080", false }, { "f8888080 80", false }, { "80", false }, { "bf", false }, { "8080", false }, { "c020", false },
        { "c0", false }, { "e080", false }, { "f08080", false }, { "fe", false }, { "ff", false }, { "c0af", false },
        { "e080af", false }, { "f08080af", false }, { "c1bf", false }, { "e09fbf", false }, { "f08fbfbf", false },
        { "eda080", false }, { "edbfbf", false }, { "eda080edb080", false }, { "cebae1bdb9cf83cebcceb5eda080656469746564", false },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void TryAdd_EverySplit_JudgesAsTheWholeIs(string hex, bool isValid)
    {
        var text = Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
        for (var first = 0; first <= text.Length; first++)
        {
            for (var second = first; second <= text.Length; second++)
            {
                Assert.Equal(isValid, IsText(text[..first], text[first..second], text[second..]));
            }
        }

        Assert.Equal(isValid, IsText([.. text.Select(static octet => (byte[])[octet])]));
    }

    [Fact]
    public void TryAdd_AnyBytesAnyPieces_JudgesAsThePlatformDoes() =>
        Prop.ForAll<byte[][], string[]>(static (pieces, texts) =>
        {
            byte[][] mixed = [.. pieces, .. texts.Where(static text => text is not null).Select(Encoding.UTF8.GetBytes)];
            return IsText(pieces) == Utf8.IsValid(pieces.SelectMany(static piece => piece).ToArray())
                && IsText(mixed) == Utf8.IsValid(mixed.SelectMany(static piece => piece).ToArray());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static bool IsText(params byte[][] pieces)
    {
        var validator = default(Utf8Validator);
        return pieces.All(piece => validator.TryAdd(piece)) && validator.IsComplete;
    }
}

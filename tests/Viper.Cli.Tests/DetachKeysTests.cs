using System.Text;
using Viper.Cli.Terminal;

namespace Viper.Cli.Tests;

public sealed class DetachKeysTests
{
    [Theory]
    [InlineData("plain", "plain", false)]
    [InlineData("a\u0001t", "a", true)]
    [InlineData("a\u0001tb", "a", true)]
    [InlineData("\u0001\u0001t", "\u0001t", false)]
    [InlineData("\u0001\u0001\u0001t", "\u0001", true)]
    [InlineData("\u0001x", "\u0001x", false)]
    [InlineData("\u0001T", "\u0001T", false)]
    public void Filter_InAnyPieces_TakesOutOnlyTheKeysToDetach(string typed, string expected, bool detaches)
    {
        for (int cut = 0; cut <= typed.Length; cut++)
        {
            DetachKeys keys = new();
            StringBuilder sent = new();
            bool detached = false;
            foreach (string piece in (string[])[typed[..cut], typed[cut..]])
            {
                byte[] output = new byte[piece.Length + 1];
                if (!detached)
                {
                    detached = keys.Filter(Encoding.UTF8.GetBytes(piece), output, out int count);
                    sent.Append(Encoding.UTF8.GetString(output, 0, count));
                }
            }

            Assert.Equal((expected, detaches), (sent.ToString(), detached));
        }
    }
}

using System.Security.Cryptography;
using System.Text;

namespace Viper.Images.Builder.Tools;

/// <summary>SHA-256 in the one spelling that manifests use.</summary>
internal static class Digest
{
    internal static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    internal static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    internal static async Task<string> OfFileAsync(string path, CancellationToken cancellationToken)
    {
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, useAsync: false);
        await using (file.ConfigureAwait(false))
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
        }
    }
}

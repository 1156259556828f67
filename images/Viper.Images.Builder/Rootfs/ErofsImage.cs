using Viper.Images.Builder.Tools;

namespace Viper.Images.Builder.Rootfs;

/// <summary>Makes the read-only root file system.</summary>
internal static class ErofsImage
{
    internal static async Task WriteAsync(
        string tree, string target, string? compression, long epoch, string seed, CancellationToken cancellationToken)
    {
        string[] packing = compression is null ? [] : [$"-z{compression}"];
        string[] arguments =
        [
            "--quiet", .. packing, "-T", $"{epoch}", "-U", UuidOf(seed),
            "--all-root", "-x", "-1", "-E", "force-inode-compact", target, tree,
        ];
        await Tool.RunAsync("mkfs.erofs", arguments, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A UUID of version 8 (RFC 9562) from what decides the content, so that it is the same for the same inputs.</summary>
    internal static string UuidOf(string seed)
    {
        char[] digits = Digest.Of(seed)[..32].ToCharArray();
        digits[12] = '8';
        digits[16] = '8';
        return Guid.ParseExact(digits, "N").ToString("D");
    }
}

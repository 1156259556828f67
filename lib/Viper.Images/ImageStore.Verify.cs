using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Viper.Images;

public sealed partial class ImageStore
{
    private const int ReadSize = 1 << 20;
    private const long SettledAfterNs = 100_000_000;

    private async ValueTask VerifyAsync(ImageReference image, CancellationToken cancellationToken)
    {
        KnownImage known = _known.GetValueOrDefault(image.Directory) ?? new KnownImage(new FileStamp(0, 0, 0, 0, 0), image);
        known.Verified ??= ReadVerified(image);
        Dictionary<string, VerifiedFile> verified = known.Verified.Files.ToDictionary(file => file.File, StringComparer.Ordinal);
        List<VerifiedFile> now = [];
        foreach (ImageArtifact artifact in image.Manifest.Artifacts)
        {
            VerifiedFile? before = verified.GetValueOrDefault(artifact.File);
            if (await VerifyAsync(image, artifact, before, cancellationToken).ConfigureAwait(false) is { } checkedFile)
            {
                now.Add(checkedFile);
            }
        }

        if (!now.SequenceEqual(known.Verified.Files))
        {
            known.Verified = new VerifiedFiles(now);
            Remember(image, known.Verified);
        }
    }

    private static async ValueTask<VerifiedFile?> VerifyAsync(
        ImageReference image, ImageArtifact artifact, VerifiedFile? before, CancellationToken cancellationToken)
    {
        string path = Path.Combine(image.Directory, artifact.File);
        using SafeFileHandle? handle = PlainFile.TryOpen(path, out FileStamp stamp, out string refusal);
        if (handle is null)
        {
            throw new ImageCorruptException(image.Name, path, artifact.Role, "a regular file", refusal);
        }

        if (stamp.Size != artifact.Size)
        {
            throw new ImageCorruptException(image.Name, path, artifact.Role, $"{artifact.Size} bytes long", $"{stamp.Size} bytes long");
        }

        if (before is not null && before.Stamp == stamp && before.Sha256 == artifact.Sha256)
        {
            return before;
        }

        string digest = await DigestAsync(handle, cancellationToken).ConfigureAwait(false);
        if (digest != artifact.Sha256)
        {
            throw new ImageCorruptException(image.Name, path, artifact.Role, $"of SHA-256 {artifact.Sha256}", $"of SHA-256 {digest}");
        }

        if (PlainFile.StampOf(handle, path) != stamp)
        {
            throw new ImageCorruptException(image.Name, path, artifact.Role, "at rest", "being written to");
        }

        return IsSettled(stamp, DateTimeOffset.UtcNow) ? new VerifiedFile(artifact.File, digest, stamp) : null;
    }

    // File times step with the kernel's tick, so a file that changed a moment ago could change again within the same stamp.
    internal static bool IsSettled(FileStamp stamp, DateTimeOffset now) =>
        ((now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick) - stamp.ChangedNs > SettledAfterNs;

    private static async ValueTask<string> DigestAsync(SafeFileHandle handle, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[ReadSize];
        long offset = 0;
        int read;
        while ((read = await RandomAccess.ReadAsync(handle, buffer, offset, cancellationToken).ConfigureAwait(false)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            offset += read;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static VerifiedFiles ReadVerified(ImageReference image)
    {
        string path = Path.Combine(image.Directory, VerifiedFiles.FileName);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ManifestJson.Default.VerifiedFiles) ?? new VerifiedFiles([]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // Without it the files are read, which is always right.
            return new VerifiedFiles([]);
        }
    }

    private static void Remember(ImageReference image, VerifiedFiles verified)
    {
        try
        {
            DurableFile.Write(
                Path.Combine(image.Directory, VerifiedFiles.FileName),
                JsonSerializer.SerializeToUtf8Bytes(verified, ManifestJson.Default.VerifiedFiles));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A store that this user cannot write to is read again by the next process; nothing is less safe for it.
        }
    }
}

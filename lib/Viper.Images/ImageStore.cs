using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Viper.Images;

/// <summary>The folder that holds the images of a host.</summary>
/// <remarks>
/// <para>Layout: <c>NAME/ID/</c> holds the files of one build, <c>NAME/current</c> the ID to boot. A build is written beside
/// the others and becomes current by one rename, so a reader sees the old image or the new one, never a mixture.</para>
/// <para>Thread-safe. Several processes may use one folder.</para>
/// </remarks>
public sealed partial class ImageStore
{
    private const string Pointer = "current";
    private const int ManifestLimit = 16 << 20;
    private readonly ConcurrentDictionary<string, KnownImage> _known = new(StringComparer.Ordinal);

    /// <summary>Takes a folder as a store; it need not exist yet.</summary>
    /// <param name="directory">The folder.</param>
    public ImageStore(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Directory = Path.GetFullPath(directory);
    }

    /// <summary>The absolute path of the store's folder.</summary>
    public string Directory { get; }

    /// <summary>Finds the current build of an image and checks every byte of it.</summary>
    /// <param name="name">The image's name.</param>
    /// <param name="cancellationToken">Ends the reading of large files early.</param>
    /// <returns>The image, with absolute paths.</returns>
    /// <exception cref="ImageNameException">The name is not one.</exception>
    /// <exception cref="ImageNotFoundException">There is no such image.</exception>
    /// <exception cref="ImageCorruptException">A file is missing or is not the one that was built.</exception>
    /// <remarks>
    /// The digests are read once; after that each file's device, inode, size, modification and change times stand for its
    /// bytes, and any difference in them makes the file be read again.
    /// </remarks>
    public async ValueTask<ImageReference> OpenAsync(string name, CancellationToken cancellationToken = default)
    {
        ImageReference image = Read(name);
        await VerifyAsync(image, cancellationToken).ConfigureAwait(false);
        return image;
    }

    /// <summary>Lists the images, in order of their names, by a look at names and sizes; bytes are not read.</summary>
    public IReadOnlyList<ImageSummary> List()
    {
        if (!System.IO.Directory.Exists(Directory))
        {
            return [];
        }

        return
        [
            .. System.IO.Directory.EnumerateDirectories(Directory)
                .Select(path => Path.GetFileName(path))
                .Where(ImageName.IsValid)
                .Order(StringComparer.Ordinal)
                .Select(Summarise)
                .OfType<ImageSummary>(),
        ];
    }

    /// <summary>Deletes an image with all its builds. Machines that run from it keep their open files.</summary>
    /// <param name="name">The image's name.</param>
    /// <returns>False where there was no such image.</returns>
    /// <exception cref="ImageNameException">The name is not one.</exception>
    /// <exception cref="ImageBusyException">It is being built at the moment.</exception>
    public bool Remove(string name)
    {
        string folder = FolderOf(name);
        if (!System.IO.Directory.Exists(folder))
        {
            return false;
        }

        using ImageLock held = Lock(name);
        File.Delete(Path.Combine(folder, Pointer));
        System.IO.Directory.Delete(folder, recursive: true);
        return true;
    }

    /// <summary>Reads the current manifest without looking at the other files; null where there is no usable image.</summary>
    internal ImageReference? TryRead(string name)
    {
        try
        {
            return Read(name);
        }
        catch (ImageException exception) when (exception is ImageNotFoundException or ImageCorruptException)
        {
            return null;
        }
    }

    internal string FolderOf(string name)
    {
        ImageName.Check(name);
        return Path.Combine(Directory, name);
    }

    internal static string IdOf(ReadOnlySpan<byte> manifest) => Convert.ToHexStringLower(SHA256.HashData(manifest))[..16];

    private static bool IsId(string text) => text.Length == 16 && text.All(char.IsAsciiHexDigitLower);

    private ImageReference Read(string name)
    {
        string folder = FolderOf(name);
        string pointer = Path.Combine(folder, Pointer);
        byte[]? text = ReadSmall(name, pointer, "pointer", 64, out _);
        string id = text is null ? throw new ImageNotFoundException(name, Directory) : Encoding.UTF8.GetString(text).Trim();
        if (!IsId(id))
        {
            throw new ImageCorruptException(name, pointer, "pointer", "the name of one build, 16 hexadecimal digits", "something else");
        }

        string directory = Path.Combine(folder, id);
        string path = Path.Combine(directory, ImageManifest.FileName);
        byte[] json = ReadSmall(name, path, "manifest", ManifestLimit, out FileStamp stamp)
            ?? throw new ImageCorruptException(name, path, "manifest", "there", "missing");
        if (_known.TryGetValue(directory, out KnownImage? known) && known.Manifest == stamp)
        {
            return known.Image;
        }

        ImageReference image = new(name, id, directory, ParseManifest(name, id, path, json));
        _known[directory] = new KnownImage(stamp, image);
        return image;
    }

    private static ImageManifest ParseManifest(string name, string id, string path, byte[] json)
    {
        string found = IdOf(json);
        if (found != id)
        {
            throw new ImageCorruptException(name, path, "manifest", $"the manifest whose SHA-256 begins with {id}", $"one whose SHA-256 begins with {found}");
        }

        try
        {
            ImageManifest manifest = ImageManifest.Parse(json);
            return manifest.Name == name
                ? manifest
                : throw new ImageCorruptException(name, path, "manifest", $"of image '{name}'", $"of image '{manifest.Name}'");
        }
        catch (JsonException exception)
        {
            throw new ImageCorruptException(name, path, "manifest", $"a manifest of format {ImageManifest.CurrentFormat}", $"not: {exception.Message}", exception);
        }
    }

    private static byte[]? ReadSmall(string name, string path, string artifact, int limit, out FileStamp stamp)
    {
        using SafeFileHandle? handle = PlainFile.TryOpen(path, out stamp, out string refusal);
        if (handle is null)
        {
            return refusal == "missing" ? null : throw new ImageCorruptException(name, path, artifact, "a regular file", refusal);
        }

        if (stamp.Size > limit)
        {
            throw new ImageCorruptException(name, path, artifact, $"at most {limit} bytes long", $"{stamp.Size} bytes long");
        }

        byte[] content = new byte[stamp.Size];
        int length = RandomAccess.Read(handle, content, 0);
        return content[..length];
    }

    private ImageSummary? Summarise(string name)
    {
        try
        {
            ImageReference image = Read(name);
            ImageArtifact? wrong = image.Manifest.Artifacts.FirstOrDefault(
                artifact => new FileInfo(Path.Combine(image.Directory, artifact.File)) is not { Exists: true } file || file.Length != artifact.Size);
            string? problem = wrong is null ? null : $"{wrong.File} is missing or has another size";
            return new ImageSummary(name, image.Id, image.Manifest.Artifacts.Sum(artifact => artifact.Size), image.Manifest, problem);
        }
        catch (ImageNotFoundException)
        {
            // A first build that has not finished.
            return null;
        }
        catch (ImageCorruptException exception)
        {
            return new ImageSummary(name, null, 0, null, exception.Message);
        }
    }
}

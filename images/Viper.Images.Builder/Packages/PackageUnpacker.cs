using System.Formats.Tar;
using Viper.Images.Builder.Tools;

namespace Viper.Images.Builder.Packages;

/// <summary>
/// Unpacks package archives into one tree with merged /usr. Modes are kept but for setuid and setgid, folders get 0755, and
/// owners are left to the image formats, so the tree does not depend on the order of packages or on who builds.
/// </summary>
internal sealed class PackageUnpacker
{
    private static readonly string[] s_merged = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];
    private readonly string _tree;
    private readonly Func<string, bool> _leaveOut;
    private readonly HashSet<string> _links = new(StringComparer.Ordinal);

    /// <param name="tree">The folder to unpack into.</param>
    /// <param name="leaveOut">Tells of a path in the guest whether it is not wanted.</param>
    internal PackageUnpacker(string tree, Func<string, bool> leaveOut)
    {
        _tree = tree;
        _leaveOut = leaveOut;
    }

    internal async Task UnpackAsync(string archive, CancellationToken cancellationToken) =>
        await Tool.RunAsync(
            "dpkg-deb",
            ["--fsys-tarfile", archive],
            async (output, token) =>
            {
                await ExtractAsync(output, token).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    internal async Task ExtractAsync(Stream tar, CancellationToken cancellationToken)
    {
        TarReader reader = new(tar, leaveOpen: true);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
            {
                string path = GuestPath(entry.Name);
                if (path != "/" && !_leaveOut(path))
                {
                    await ExtractAsync(entry, path, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        // dpkg-deb pads the end; it must be read, or it dies of the closed pipe.
        await tar.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>"./lib/x" is "/usr/lib/x" in a tree with merged /usr.</summary>
    internal static string GuestPath(string name)
    {
        string[] parts = [.. name.Split('/').Where(part => part is not ("" or "."))];
        if (parts.Contains(".."))
        {
            throw new ImageBuildException($"A package holds the path '{name}', which climbs out of its tree.");
        }

        string path = "/" + string.Join('/', parts);
        return parts.Length > 0 && s_merged.Contains(parts[0]) ? "/usr" + path : path;
    }

    private async Task ExtractAsync(TarEntry entry, string path, CancellationToken cancellationToken)
    {
        string target = Target(path);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                Directory.CreateDirectory(target);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                await WriteAsync(entry, target, cancellationToken).ConfigureAwait(false);
                break;
            case TarEntryType.SymbolicLink:
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.CreateSymbolicLink(target, entry.LinkName);
                _links.Add(path);
                break;
            case TarEntryType.HardLink:
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(Target(GuestPath(entry.LinkName)), target);
                break;
            default:
                throw new ImageBuildException($"A package holds {path}, a {entry.EntryType}, which has no place in an image.");
        }
    }

    private static async Task WriteAsync(TarEntry entry, string target, CancellationToken cancellationToken)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 1 << 17 };
        FileStream file = new(target, options);
        await using (file.ConfigureAwait(false))
        {
            if (entry.DataStream is { } data)
            {
                await data.CopyToAsync(file, 1 << 17, cancellationToken).ConfigureAwait(false);
            }

            File.SetUnixFileMode(file.SafeFileHandle, (UnixFileMode)((int)entry.Mode & 0b111_111_111));
        }
    }

    // Nothing may be written through a link that a package brought: it could lead out of the tree.
    private string Target(string path)
    {
        for (int slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            if (_links.Contains(path[..slash]))
            {
                throw new ImageBuildException($"A package holds {path}, and another one made {path[..slash]} a symbolic link.");
            }
        }

        return _tree + path;
    }
}

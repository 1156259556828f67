using System.Text;
using Viper.Images.Builder.Recipes;

namespace Viper.Images.Builder.Rootfs;

/// <summary>
/// The tree of the root image. Packages are unpacked without running their maintainer scripts, so what those would do is
/// done here, and what the recipe adds is added.
/// </summary>
internal sealed class RootTree
{
    private const UnixFileMode FolderMode = (UnixFileMode)0b111_101_101;
    private readonly string _tree;

    internal RootTree(string tree)
    {
        _tree = tree;
    }

    /// <summary>The folders and links that must be there before the first package: a merged /usr.</summary>
    internal void Prepare()
    {
        foreach (string name in (ReadOnlySpan<string>)["bin", "sbin", "lib", "lib64"])
        {
            Directory.CreateDirectory($"{_tree}/usr/{name}");
            File.CreateSymbolicLink($"{_tree}/{name}", $"usr/{name}");
        }

        foreach (string name in (ReadOnlySpan<string>)["dev", "proc", "sys", "run", "etc", "home", "mnt", "var/lib", "var/log"])
        {
            Directory.CreateDirectory($"{_tree}/{name}");
        }

        MakeDirectory("/root", 0b111_000_000);
        MakeDirectory("/tmp", 0b001_111_111_111);
        MakeDirectory("/var/tmp", 0b001_111_111_111);
    }

    /// <summary>What the recipe wants beside its packages.</summary>
    internal void Complete(Recipe recipe, string agent)
    {
        WriteUsers(recipe.Users);
        WriteText("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nnetworks: files\nprotocols: files\nservices: files\n");
        BundleCertificates();
        foreach (RecipeDirectory directory in recipe.Directories)
        {
            MakeDirectory(directory.Path, directory.Mode);
        }

        foreach (RecipeLink link in recipe.Links)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_tree + link.Path)!);
            File.Delete(_tree + link.Path);
            File.CreateSymbolicLink(_tree + link.Path, link.Target);
        }

        foreach (RecipeFile file in recipe.Files)
        {
            Install(Path.Combine(Path.GetDirectoryName(recipe.Path)!, file.Source), file.Path, file.Mode);
        }

        Install(agent, recipe.AgentPath, 0b111_101_101);
    }

    /// <summary>Gives every folder 0755 unless something above asked for another mode, whatever the builder's umask was.</summary>
    internal void SettleModes()
    {
        foreach (string folder in Directory.EnumerateDirectories(_tree, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            File.SetUnixFileMode(folder, _modes.GetValueOrDefault(folder[_tree.Length..], FolderMode));
        }

        File.SetUnixFileMode(_tree, FolderMode);
    }

    private readonly Dictionary<string, UnixFileMode> _modes = new(StringComparer.Ordinal);

    private void MakeDirectory(string path, int mode)
    {
        Directory.CreateDirectory(_tree + path);
        _modes[path] = (UnixFileMode)mode;
    }

    private void WriteUsers(IReadOnlyList<RecipeUser> users)
    {
        StringBuilder passwd = new("root:x:0:0:root:/root:/bin/sh\n");
        StringBuilder group = new("root:x:0:\ntty:x:5:\n");
        foreach (RecipeUser user in users)
        {
            passwd.Append(null, $"{user.Name}:x:{user.Id}:{user.Id}:{user.Name}:{user.Home}:/bin/sh\n");
            group.Append(null, $"{user.Name}:x:{user.Id}:\n");
            // init gives it to the user: owners are root's throughout the image.
            MakeDirectory(user.Home, 0b111_000_000);
        }

        passwd.Append("nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n");
        group.Append("nogroup:x:65534:\n");
        WriteText("/etc/passwd", passwd.ToString());
        WriteText("/etc/group", group.ToString());
    }

    // The work of update-ca-certificates: one file with every trusted certificate.
    private void BundleCertificates()
    {
        string folder = $"{_tree}/usr/share/ca-certificates";
        if (!Directory.Exists(folder))
        {
            return;
        }

        StringBuilder bundle = new();
        foreach (string path in Directory.EnumerateFiles(folder, "*.crt", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            bundle.Append(File.ReadAllText(path).TrimEnd('\n')).Append('\n');
        }

        WriteText("/etc/ssl/certs/ca-certificates.crt", bundle.ToString());
        Directory.Delete(folder, recursive: true);
    }

    private void WriteText(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_tree + path)!);
        File.WriteAllText(_tree + path, text);
        File.SetUnixFileMode(_tree + path, (UnixFileMode)0b110_100_100);
    }

    private void Install(string source, string path, int mode)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_tree + path)!);
        File.Copy(source, _tree + path, overwrite: true);
        File.SetUnixFileMode(_tree + path, (UnixFileMode)mode);
    }
}

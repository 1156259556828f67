using System.Text;
using Viper.Images.Builder.Kernel;
using Viper.Images.Builder.Tools;

namespace Viper.Images.Builder.Rootfs;

/// <summary>Makes initramfs files: a cpio archive, packed with zstd, padded so that another archive can follow.</summary>
internal static class InitramfsImage
{
    private const int BlockSize = 512;
    private const int Executable = 0b111_101_101;

    /// <summary>Writes the archive: init, the modules with their list, and, for the all-in-one form, a whole tree.</summary>
    internal static void WriteArchive(string target, string init, IReadOnlyList<KernelModule> modules, string? tree, long epoch)
    {
        using FileStream file = new(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        CpioWriter archive = new(file, (uint)epoch);
        if (tree is not null)
        {
            AddTree(archive, tree);
        }
        else
        {
            archive.AddDirectory("dev");
            archive.AddDirectory("proc");
        }

        archive.AddFile("init", File.ReadAllBytes(init), Executable);
        archive.AddDirectory("viper", 0b111_000_000);
        archive.AddDirectory("viper/modules.d");
        StringBuilder list = new();
        foreach (KernelModule module in modules)
        {
            string path = $"viper/modules.d/{module.Name}.ko";
            archive.AddFile(path, File.ReadAllBytes(module.File));
            list.Append(null, $"{module.Section} /{path}\n");
        }

        archive.AddFile("viper/modules", Encoding.ASCII.GetBytes(list.ToString()));
        archive.Finish();
    }

    /// <summary>Packs an archive. One thread: with several, zstd's output may depend on their number.</summary>
    internal static async Task PackAsync(string archive, string target, int level, CancellationToken cancellationToken)
    {
        await Tool.RunAsync(
            "zstd",
            ["-q", "-f", $"-{level}", "--single-thread", "--no-check", "-o", target, archive],
            cancellationToken).ConfigureAwait(false);
        using FileStream file = new(target, FileMode.Open, FileAccess.ReadWrite);
        file.SetLength((file.Length + BlockSize - 1) / BlockSize * BlockSize);
    }

    private static void AddTree(CpioWriter archive, string tree)
    {
        EnumerationOptions everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };
        foreach (string path in Directory.EnumerateFileSystemEntries(tree, "*", everything).Order(StringComparer.Ordinal))
        {
            AddEntry(archive, path, path[(tree.Length + 1)..]);
        }
    }

    private static void AddEntry(CpioWriter archive, string path, string name)
    {
        FileInfo info = new(path);
        if (info.LinkTarget is { } target)
        {
            archive.AddSymbolicLink(name, target);
        }
        else if (info.Attributes.HasFlag(FileAttributes.Directory))
        {
            archive.AddDirectory(name, (int)info.UnixFileMode);
        }
        else
        {
            using FileStream content = new(path, FileMode.Open, FileAccess.Read);
            archive.AddFile(name, content, content.Length, (int)info.UnixFileMode);
        }
    }
}

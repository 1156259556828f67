namespace Viper.Images.Builder.Kernel;

/// <summary>An unpacked kernel package: its bzImage and its modules.</summary>
internal sealed class KernelFiles
{
    private readonly string _modules;
    private readonly Dictionary<string, string> _files;

    private KernelFiles(string bzImage, string modules)
    {
        BzImagePath = bzImage;
        _modules = modules;
        _files = Directory.EnumerateFiles(modules, "*.ko", SearchOption.AllDirectories)
            .ToDictionary(path => ModuleOrder.Normalise(Path.GetFileNameWithoutExtension(path)), StringComparer.Ordinal);
    }

    internal string BzImagePath { get; }

    internal static KernelFiles Find(string tree)
    {
        string[] images = Directory.Exists(Path.Combine(tree, "boot")) ? Directory.GetFiles(Path.Combine(tree, "boot"), "vmlinuz-*") : [];
        string folder = Path.Combine(tree, "usr/lib/modules");
        string[] modules = Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
        return images.Length == 1 && modules.Length == 1
            ? new KernelFiles(images[0], modules[0])
            : throw new ImageBuildException($"The kernel package should hold one kernel and its modules; it holds {images.Length} kernels and {modules.Length} folders of modules.");
    }

    /// <summary>The modules to load, in order: section, name in the initramfs, file.</summary>
    internal IReadOnlyList<KernelModule> Order(IReadOnlyList<string> boot, IReadOnlyList<string> late)
    {
        IEnumerable<string> builtin = File.ReadLines(Path.Combine(_modules, "modules.builtin"))
            .Select(line => ModuleOrder.Normalise(Path.GetFileNameWithoutExtension(line)));
        ModuleOrder order = new(_files, builtin, path => ModuleInfo.ReadDependencies(File.ReadAllBytes(path)));
        return
        [
            .. order.Add(boot).Select(name => new KernelModule("boot", name, _files[name])),
            .. order.Add(late).Select(name => new KernelModule("late", name, _files[name])),
        ];
    }
}

using System.Text.RegularExpressions;
using Viper.Images.Builder.Kernel;
using Viper.Images.Builder.Packages;
using Viper.Images.Builder.Recipes;
using Viper.Images.Builder.Rootfs;
using Viper.Images.Builder.Tools;

namespace Viper.Images.Builder;

/// <summary>One build, from package archives to a published image.</summary>
internal sealed partial class ImageAssembly(
    BuildRequest request, Recipe recipe, BuildInputs inputs, string archives, IReadOnlyList<ImagePackage> packages, StepReporter steps)
{
    private const string KernelPrefix = "linux-image-";
    private const int SmallLevel = 19;
    private const int LargeLevel = 9;
    private readonly bool _allInOne = BuildInputs.IsAllInOne(request, recipe);

    internal async Task<ImageReference> RunAsync(ImageStore store, CancellationToken cancellationToken)
    {
        string output = store.Stage(recipe.Name);
        string work = store.Stage(recipe.Name);
        try
        {
            await BuildAsync(output, work, cancellationToken).ConfigureAwait(false);
            ImageManifest manifest = await steps.RunAsync(
                "manifest", () => DescribeAsync(output, cancellationToken), made => $"{made.Artifacts.Sum(artifact => artifact.Size) >> 20} MiB").ConfigureAwait(false);
            return store.Publish(recipe.Name, output, manifest);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
            if (Directory.Exists(output))
            {
                Directory.Delete(output, recursive: true);
            }
        }
    }

    private async Task BuildAsync(string output, string work, CancellationToken cancellationToken)
    {
        string init = Path.Combine(work, "viper-init");
        IReadOnlyList<string> sources = InitCompiler.Sources(request.InitSourceDirectory);
        Task<bool> compile = Run("init", () => InitCompiler.CompileAsync(sources, init, cancellationToken));
        Task<KernelFiles> unpackKernel = steps.RunAsync("kernel", () => UnpackKernelAsync(output, work, cancellationToken), found => Path.GetFileName(found.BzImagePath));
        string tree = Path.Combine(work, "root");
        Task<bool> unpackRoot = Run("root tree", () => MakeTreeAsync(tree, cancellationToken));
        await Task.WhenAll(compile, unpackKernel, unpackRoot).ConfigureAwait(false);

        KernelFiles kernel = await unpackKernel.ConfigureAwait(false);
        Task<bool> initramfs = Run("initramfs", () => MakeInitramfsAsync(output, work, init, kernel, tree, cancellationToken));
        Task<bool> root = _allInOne
            ? Task.FromResult(true)
            : Run("root image", () => ErofsImage.WriteAsync(
                tree, Path.Combine(output, "root.erofs"), recipe.Compression, request.SourceDateEpoch, inputs.BuildKey, cancellationToken));
        await Task.WhenAll(initramfs, root).ConfigureAwait(false);
    }

    private Task<bool> Run(string name, Func<Task> work) =>
        steps.RunAsync(
            name,
            async () =>
            {
                await work().ConfigureAwait(false);
                return true;
            },
            _ => "done");

    private async Task<KernelFiles> UnpackKernelAsync(string output, string work, CancellationToken cancellationToken)
    {
        string tree = Path.Combine(work, "kernel");
        PackageUnpacker unpacker = new(tree, path => !path.StartsWith("/boot", StringComparison.Ordinal) && !path.StartsWith("/usr/lib/modules", StringComparison.Ordinal));
        foreach (ImagePackage package in packages.Where(IsKernel))
        {
            await unpacker.UnpackAsync(Path.Combine(archives, package.File), cancellationToken).ConfigureAwait(false);
        }

        KernelFiles kernel = KernelFiles.Find(tree);
        File.Copy(kernel.BzImagePath, Path.Combine(output, "bzImage"));
        try
        {
            byte[] vmlinux = BzImage.ExtractVmlinux(await File.ReadAllBytesAsync(kernel.BzImagePath, cancellationToken).ConfigureAwait(false));
            await File.WriteAllBytesAsync(Path.Combine(output, "vmlinux"), vmlinux, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            throw new ImageBuildException($"The kernel of {recipe.KernelPackage} cannot be unpacked: {exception.Message}", exception);
        }

        return kernel;
    }

    private async Task MakeTreeAsync(string tree, CancellationToken cancellationToken)
    {
        RootTree root = new(tree);
        root.Prepare();
        PackageUnpacker unpacker = new(tree, recipe.Prune.Matches);
        foreach (ImagePackage package in packages.Where(package => !IsKernel(package)))
        {
            await unpacker.UnpackAsync(Path.Combine(archives, package.File), cancellationToken).ConfigureAwait(false);
        }

        root.Complete(recipe, request.AgentPath);
        root.SettleModes();
    }

    private async Task MakeInitramfsAsync(string output, string work, string init, KernelFiles kernel, string tree, CancellationToken cancellationToken)
    {
        string archive = Path.Combine(work, "initramfs.cpio");
        IReadOnlyList<KernelModule> modules = kernel.Order(recipe.BootModules, recipe.LateModules);
        InitramfsImage.WriteArchive(archive, init, modules, _allInOne ? tree : null, request.SourceDateEpoch);
        await InitramfsImage.PackAsync(archive, Path.Combine(output, "initramfs.img"), _allInOne ? LargeLevel : SmallLevel, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ImageManifest> DescribeAsync(string output, CancellationToken cancellationToken)
    {
        List<ImageArtifact> artifacts = [];
        foreach ((string role, string file) in (IEnumerable<(string, string)>)
            [(ImageArtifact.Kernel, "bzImage"), (ImageArtifact.Vmlinux, "vmlinux"), (ImageArtifact.Initramfs, "initramfs.img"), (ImageArtifact.Root, "root.erofs")])
        {
            string path = Path.Combine(output, file);
            if (File.Exists(path))
            {
                artifacts.Add(new ImageArtifact(role, file, new FileInfo(path).Length, await Digest.OfFileAsync(path, cancellationToken).ConfigureAwait(false)));
            }
        }

        return new ImageManifest
        {
            Format = ImageManifest.CurrentFormat,
            Name = recipe.Name,
            Description = recipe.Description,
            Architecture = "x86_64",
            KernelCommandLine = recipe.KernelCommandLine,
            MinimumMemoryMib = recipe.MinimumMemoryMib,
            AgentPath = recipe.AgentPath,
            Browser = DescribeBrowser(),
            Artifacts = artifacts,
            BuildKey = inputs.BuildKey,
            PackageKey = inputs.PackageKey,
            SourceDateEpoch = request.SourceDateEpoch,
            Packages = packages,
            Inputs = inputs.Files,
        };
    }

    private ImageBrowser? DescribeBrowser()
    {
        if (recipe.Browser is not { } browser)
        {
            return null;
        }

        ImagePackage package = packages.FirstOrDefault(package => package.Name == browser.Package)
            ?? throw new RecipeException(recipe.Path, 0, $"the browser's package '{browser.Package}' is not among the packages of the image");
        return new ImageBrowser(package.Name, UpstreamVersion().Match(package.Version).Groups[1].Value, browser.Executable);
    }

    private static bool IsKernel(ImagePackage package) => package.Name.StartsWith(KernelPrefix, StringComparison.Ordinal);

    [GeneratedRegex("^(?:[0-9]+:)?([^-~+]+)")]
    private static partial Regex UpstreamVersion();
}

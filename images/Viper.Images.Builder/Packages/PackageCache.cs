using Viper.Images.Builder.Recipes;
using Viper.Images.Builder.Tools;

namespace Viper.Images.Builder.Packages;

/// <summary>The package archives kept between builds. Held by one builder at a time.</summary>
internal sealed class PackageCache : IDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(200);
    private readonly AptWorkspace _apt;
    private readonly FileStream _lock;

    private PackageCache(AptWorkspace apt, FileStream held)
    {
        _apt = apt;
        _lock = held;
    }

    /// <summary>Waits until no other builder uses the cache.</summary>
    internal static async Task<PackageCache> OpenAsync(string directory, CancellationToken cancellationToken)
    {
        AptWorkspace apt = new(directory);
        string path = Path.Combine(directory, ".lock");
        while (true)
        {
            try
            {
                return new PackageCache(apt, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(s_retry, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The folder of the archives.</summary>
    internal string Archives => _apt.Archives;

    internal async Task<string> UpdateAsync(CancellationToken cancellationToken) =>
        await _apt.UpdateAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Finds the newest packages for a recipe and fetches those that are not kept yet.</summary>
    internal async Task<IReadOnlyList<ImagePackage>> ResolveAsync(Recipe recipe, CancellationToken cancellationToken)
    {
        string[] wanted = [.. recipe.Packages, recipe.KernelPackage];
        IReadOnlyList<string> files = await _apt.ResolveAsync(wanted, recipe.Drop, cancellationToken).ConfigureAwait(false);
        await FetchAsync(wanted, cancellationToken).ConfigureAwait(false);
        List<ImagePackage> packages = [];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            DebFile deb = DebFile.Parse(file);
            string digest = await Digest.OfFileAsync(Path.Combine(_apt.Archives, file), cancellationToken).ConfigureAwait(false);
            packages.Add(new ImagePackage(deb.Name, deb.Version, deb.Architecture, file, digest));
        }

        return packages;
    }

    /// <summary>Which of the packages of an earlier build are not kept any more, byte for byte.</summary>
    internal async Task<IReadOnlyList<ImagePackage>> MissingAsync(IReadOnlyList<ImagePackage> packages, CancellationToken cancellationToken)
    {
        List<ImagePackage> missing = [];
        foreach (ImagePackage package in packages)
        {
            string path = Path.Combine(Archives, package.File);
            if (!File.Exists(path) || await Digest.OfFileAsync(path, cancellationToken).ConfigureAwait(false) != package.Sha256)
            {
                missing.Add(package);
            }
        }

        return missing;
    }

    public void Dispose() => _lock.Dispose();

    private async Task FetchAsync(IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        try
        {
            await _apt.FetchAsync(wanted, cancellationToken).ConfigureAwait(false);
        }
        catch (ImageBuildException exception) when (exception is not MissingToolException)
        {
            throw new MissingArtifactException(
                $"packages from Debian ({exception.Message})",
                _apt.Archives,
                $"Build where there is network, or copy the .deb files of a machine that has built this image from its cache folder 'packages' to {_apt.Archives}.",
                exception);
        }
    }
}

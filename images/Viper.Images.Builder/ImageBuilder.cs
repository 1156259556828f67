using Viper.Images.Builder.Packages;
using Viper.Images.Builder.Recipes;
using Viper.Images.Builder.Tools;

namespace Viper.Images.Builder;

/// <summary>Turns a recipe into an image in the store.</summary>
/// <remarks>
/// An image is built aside and moved into place; whatever ends the builder early, the store holds the old image or the new
/// one, and the next build clears the rest away. An image whose inputs have not changed is not built again.
/// </remarks>
public static class ImageBuilder
{
    /// <summary>Builds an image unless it is there already.</summary>
    /// <param name="request">What to build.</param>
    /// <param name="progress">Told of each step as it begins and ends.</param>
    /// <param name="cancellationToken">Stops the build and the programs that it runs.</param>
    /// <exception cref="RecipeException">The recipe cannot be followed.</exception>
    /// <exception cref="MissingToolException">A program is not installed.</exception>
    /// <exception cref="MissingArtifactException">A package, the agent or a file is missing.</exception>
    /// <exception cref="ImageBusyException">Another process builds the same image.</exception>
    /// <exception cref="ImageBuildException">A step failed.</exception>
    public static async Task<BuildResult> BuildAsync(
        BuildRequest request, IProgress<BuildStep>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        Recipe recipe = RecipeReader.Read(request.RecipePath);
        BuildInputs inputs = await BuildInputs.CollectAsync(request, recipe, cancellationToken).ConfigureAwait(false);
        ImageStore store = new(request.StoreDirectory);
        if (await FindAsync(store, request, recipe, inputs, cancellationToken).ConfigureAwait(false) is { } there)
        {
            return new BuildResult(there, UpToDate: true);
        }

        RequiredTools.Check();
        using ImageLock held = store.Lock(recipe.Name);
        StepReporter steps = new(progress);
        IReadOnlyList<ImagePackage> packages;
        string archives;
        using (PackageCache cache = await PackageCache.OpenAsync(request.CacheDirectory, cancellationToken).ConfigureAwait(false))
        {
            packages = await ChoosePackagesAsync(store, request, recipe, inputs, cache, steps, cancellationToken).ConfigureAwait(false);
            archives = cache.Archives;
        }

        ImageAssembly assembly = new(request, recipe, inputs, archives, packages, steps);
        ImageReference built = await assembly.RunAsync(store, cancellationToken).ConfigureAwait(false);
        ImageReference image = await steps.RunAsync(
            "check", async () => await store.OpenAsync(built.Name, cancellationToken).ConfigureAwait(false), found => found.Id).ConfigureAwait(false);
        return new BuildResult(image, UpToDate: false);
    }

    private static async Task<ImageReference?> FindAsync(
        ImageStore store, BuildRequest request, Recipe recipe, BuildInputs inputs, CancellationToken cancellationToken)
    {
        if (request.Refresh || store.TryRead(recipe.Name)?.Manifest.BuildKey != inputs.BuildKey)
        {
            return null;
        }

        try
        {
            return await store.OpenAsync(recipe.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (ImageCorruptException)
        {
            // Damaged on the disk: it is built again.
            return null;
        }
    }

    // The packages of the image that is there are taken again, so that a changed agent does not change the browser.
    private static async Task<IReadOnlyList<ImagePackage>> ChoosePackagesAsync(
        ImageStore store, BuildRequest request, Recipe recipe, BuildInputs inputs, PackageCache cache, StepReporter steps, CancellationToken cancellationToken)
    {
        ImageManifest? before = request.Refresh ? null : store.TryRead(recipe.Name)?.Manifest;
        if (before?.PackageKey == inputs.PackageKey
            && (await cache.MissingAsync(before.Packages, cancellationToken).ConfigureAwait(false)).Count == 0)
        {
            return before.Packages;
        }

        await steps.RunAsync("package lists", () => cache.UpdateAsync(cancellationToken), text => text).ConfigureAwait(false);
        return await steps.RunAsync(
            "packages",
            () => cache.ResolveAsync(recipe, cancellationToken),
            found => $"{found.Count} packages").ConfigureAwait(false);
    }
}

using System.Text;
using Viper.Images.Builder.Recipes;
using Viper.Images.Builder.Tools;

namespace Viper.Images.Builder;

/// <summary>Everything but packages that decides an image, and the two digests that stand for it.</summary>
internal sealed record BuildInputs(IReadOnlyList<ImageInput> Files, string BuildKey, string PackageKey)
{
    /// <summary>Raised when the builder itself makes other bytes of the same inputs.</summary>
    private const int BuilderRevision = 1;

    internal static async Task<BuildInputs> CollectAsync(BuildRequest request, Recipe recipe, CancellationToken cancellationToken)
    {
        if (!File.Exists(request.AgentPath))
        {
            throw new MissingArtifactException(
                "the guest agent",
                request.AgentPath,
                "Build it with 'make build', or copy a viper-agent of the same version there.");
        }

        List<ImageInput> files = [new("recipe", recipe.Digest), new("agent", await Digest.OfFileAsync(request.AgentPath, cancellationToken).ConfigureAwait(false))];
        foreach (string source in InitCompiler.Sources(request.InitSourceDirectory))
        {
            files.Add(new ImageInput($"init/{Path.GetFileName(source)}", await Digest.OfFileAsync(source, cancellationToken).ConfigureAwait(false)));
        }

        foreach (RecipeFile file in recipe.Files)
        {
            string path = Path.Combine(Path.GetDirectoryName(recipe.Path)!, file.Source);
            files.Add(File.Exists(path)
                ? new ImageInput($"file/{file.Source}", await Digest.OfFileAsync(path, cancellationToken).ConfigureAwait(false))
                : throw new MissingArtifactException($"the file '{file.Source}' that the recipe names", path, "Bring it, or take its line out of [files]."));
        }

        ImageInput[] ordered = [.. files.DistinctBy(file => file.Name).OrderBy(file => file.Name, StringComparer.Ordinal)];
        StringBuilder all = new();
        all.Append(null, $"builder {BuilderRevision}\nepoch {request.SourceDateEpoch}\nall-in-one {IsAllInOne(request, recipe)}\n");
        foreach (ImageInput input in ordered)
        {
            all.Append(null, $"{input.Name} {input.Sha256}\n");
        }

        string packages = string.Join('\n', ["kernel", recipe.KernelPackage, "packages", .. recipe.Packages, "drop", .. recipe.Drop]);
        return new BuildInputs(ordered, Digest.Of(all.ToString()), Digest.Of(packages));
    }

    internal static bool IsAllInOne(BuildRequest request, Recipe recipe) => request.AllInOneInitramfs || recipe.AllInOneInitramfs;
}

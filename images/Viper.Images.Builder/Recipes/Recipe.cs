namespace Viper.Images.Builder.Recipes;

/// <summary>A recipe, as its file says it.</summary>
internal sealed record Recipe
{
    internal required string Path { get; init; }

    internal required string Digest { get; init; }

    internal required string Name { get; init; }

    internal required string Description { get; init; }

    internal required string KernelPackage { get; init; }

    internal required string KernelCommandLine { get; init; }

    internal required int MinimumMemoryMib { get; init; }

    internal required string AgentPath { get; init; }

    internal RecipeBrowser? Browser { get; init; }

    internal string? Compression { get; init; }

    internal bool AllInOneInitramfs { get; init; }

    internal required IReadOnlyList<string> BootModules { get; init; }

    internal required IReadOnlyList<string> LateModules { get; init; }

    internal required IReadOnlyList<string> Packages { get; init; }

    internal required IReadOnlyList<string> Drop { get; init; }

    internal required PathPatterns Prune { get; init; }

    internal required IReadOnlyList<RecipeUser> Users { get; init; }

    internal required IReadOnlyList<RecipeDirectory> Directories { get; init; }

    internal required IReadOnlyList<RecipeLink> Links { get; init; }

    internal required IReadOnlyList<RecipeFile> Files { get; init; }
}

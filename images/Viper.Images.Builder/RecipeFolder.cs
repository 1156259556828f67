namespace Viper.Images.Builder;

/// <summary>The folder of recipes: <c>NAME/recipe.txt</c> each.</summary>
public static class RecipeFolder
{
    /// <summary>The name of a recipe's file.</summary>
    public const string FileName = "recipe.txt";

    /// <summary>Finds a recipe by its name in the folder, or by the path of its file or folder.</summary>
    /// <param name="directory">The folder, for example <c>images/recipes</c>.</param>
    /// <param name="recipe">A name, or a path, which holds a '/'.</param>
    /// <returns>The path of the recipe's file.</returns>
    /// <exception cref="MissingArtifactException">There is no such recipe; the message names those that are there.</exception>
    public static string Find(string directory, string recipe)
    {
        ArgumentException.ThrowIfNullOrEmpty(recipe);
        string place = recipe.Contains('/') ? recipe : Path.Combine(directory, recipe);
        string file = Directory.Exists(place) ? Path.Combine(place, FileName) : place;
        return File.Exists(file)
            ? Path.GetFullPath(file)
            : throw new MissingArtifactException($"the recipe '{recipe}'", file, $"The recipes in {directory} are: {string.Join(", ", List(directory))}.");
    }

    /// <summary>The names of the recipes in a folder, in order.</summary>
    /// <param name="directory">The folder.</param>
    public static IReadOnlyList<string> List(string directory) =>
        Directory.Exists(directory)
            ? [.. Directory.EnumerateDirectories(directory).Where(path => File.Exists(Path.Combine(path, FileName))).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
            : [];
}

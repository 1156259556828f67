namespace Viper.Images.Builder.Recipes;

/// <summary>"PATH MODE SOURCE": a file to copy from beside the recipe, with its mode in octal.</summary>
internal sealed record RecipeFile(string Path, int Mode, string Source);

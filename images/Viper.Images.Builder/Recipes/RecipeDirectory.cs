namespace Viper.Images.Builder.Recipes;

/// <summary>"PATH MODE": a folder to make, with its mode in octal.</summary>
internal sealed record RecipeDirectory(string Path, int Mode);

namespace Viper.Images.Builder.Recipes;

/// <summary>"PATH -> TARGET": a symbolic link to make.</summary>
internal sealed record RecipeLink(string Path, string Target);

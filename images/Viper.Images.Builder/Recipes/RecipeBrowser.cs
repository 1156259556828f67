namespace Viper.Images.Builder.Recipes;

/// <summary>"PACKAGE PATH": the browser's Debian package and its program.</summary>
internal sealed record RecipeBrowser(string Package, string Executable);

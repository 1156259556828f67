namespace Viper.Images.Builder.Recipes;

/// <summary>"NAME ID HOME": an ordinary user whose group has the same name and number.</summary>
internal sealed record RecipeUser(string Name, int Id, string Home);

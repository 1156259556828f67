using Viper.Images.Tests;

namespace Viper.Images.Builder.Tests;

public sealed class RecipeFolderTests
{
    private static readonly string s_recipes = Path.Combine(Repository.Root, "images/recipes");

    [Fact]
    public void Find_Name_IsTheFileInTheFolder() => Assert.Equal(Repository.BrowserRecipe, RecipeFolder.Find(s_recipes, "browser"));

    [Fact]
    public void Find_PathOfAFolderOrFile_IsThatFile()
    {
        Assert.Equal(Repository.BrowserRecipe, RecipeFolder.Find("/nowhere", Path.Combine(s_recipes, "browser")));
        Assert.Equal(Repository.BrowserRecipe, RecipeFolder.Find("/nowhere", Repository.BrowserRecipe));
    }

    [Fact]
    public void Find_NoSuchRecipe_NamesThoseThatAreThere()
    {
        MissingArtifactException thrown = Assert.Throws<MissingArtifactException>(() => RecipeFolder.Find(s_recipes, "brwser"));

        Assert.Contains("browser", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_NoFolder_IsEmpty()
    {
        using TempFolder folder = new();

        Assert.Empty(RecipeFolder.List(folder.At("nowhere")));
    }
}

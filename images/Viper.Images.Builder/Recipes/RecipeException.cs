namespace Viper.Images.Builder.Recipes;

/// <summary>A recipe says something that cannot be followed.</summary>
public sealed class RecipeException : ImageBuildException
{
    internal RecipeException(string path, int line, string problem)
        : base(line > 0 ? $"{path}:{line}: {problem}" : $"{path}: {problem}")
    {
        Path = path;
        Line = line;
    }

    /// <summary>The recipe's file.</summary>
    public string Path { get; }

    /// <summary>The line, counted from 1; 0 where the recipe as a whole is meant.</summary>
    public int Line { get; }
}

namespace Viper.Images.Builder;

/// <summary>Programs that the builder needs are not on this machine.</summary>
public sealed class MissingToolException : ImageBuildException
{
    internal MissingToolException(IReadOnlyList<RequiredTool> tools)
        : base($"The image builder needs {string.Join(", ", tools.Select(tool => tool.Program))}. Install with: apt-get install {string.Join(' ', tools.Select(tool => tool.Package))}")
    {
        Tools = tools;
    }

    /// <summary>What is missing, and the Debian packages that bring it.</summary>
    public IReadOnlyList<RequiredTool> Tools { get; }
}

namespace Viper.Images.Builder.Tools;

/// <summary>The folder for a tool's temporary files, which a tool that is ended leaves behind.</summary>
internal sealed class ToolFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("viper-tool-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

namespace Viper.Images.Builder;

/// <summary>A program or file that the builder needs.</summary>
/// <param name="Program">A program's name, looked for in PATH, or a file's absolute path.</param>
/// <param name="Package">The Debian package that brings it.</param>
public sealed record RequiredTool(string Program, string Package);

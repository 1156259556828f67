using Viper.Images.Tests;

namespace Viper.Images.Builder.Tests;

/// <summary>The native test program around init's parsers, compiled once.</summary>
public sealed class IpConfigProgram : IDisposable
{
    private readonly TempFolder _folder = new();

    public IpConfigProgram()
    {
        string sources = Repository.InitSources;
        Command.Run(
            "cc", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror",
            "-o", _folder.At("parse"), $"{sources}/check/parse.c", $"{sources}/ip_config.c", $"{sources}/kernel_command_line.c");
    }

    internal string[] Run(IReadOnlyList<string> lines) =>
        Command.Run(_folder.At("parse"), [], string.Concat(lines.Select(line => line + "\n"))).Split('\n')[..^1];

    public void Dispose() => _folder.Dispose();
}

using Viper.Images.Builder.Tools;

namespace Viper.Images.Builder;

/// <summary>Compiles viper-init, which is one static program so that it runs in an initramfs that holds nothing else.</summary>
internal static class InitCompiler
{
    private static readonly string[] s_flags = ["-std=gnu11", "-D_GNU_SOURCE", "-O2", "-static", "-s", "-Wl,--build-id=none", "-Wall", "-Wextra", "-Werror"];

    /// <summary>The sources in a fixed order, headers among them.</summary>
    internal static IReadOnlyList<string> Sources(string directory)
    {
        string[] files = Directory.Exists(directory)
            ? [.. Directory.EnumerateFiles(directory).Where(file => file.EndsWith(".c", StringComparison.Ordinal) || file.EndsWith(".h", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
            : [];
        return files.Length > 0
            ? files
            : throw new MissingArtifactException("the source of init", directory, "It is the folder guest/init of Viper's sources; copy it there.");
    }

    internal static async Task CompileAsync(IReadOnlyList<string> sources, string target, CancellationToken cancellationToken)
    {
        string[] units = [.. sources.Where(file => file.EndsWith(".c", StringComparison.Ordinal))];
        await Tool.RunAsync("cc", [.. s_flags, "-o", target, .. units], cancellationToken).ConfigureAwait(false);
    }
}

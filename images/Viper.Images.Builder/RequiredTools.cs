namespace Viper.Images.Builder;

/// <summary>The one list of what the builder needs on the host: <c>images/required-packages</c>.</summary>
public static class RequiredTools
{
    /// <summary>Everything that is needed.</summary>
    public static IReadOnlyList<RequiredTool> All { get; } = ReadList();

    /// <summary>What of it is not here.</summary>
    public static IReadOnlyList<RequiredTool> Missing() => Missing(Environment.GetEnvironmentVariable("PATH") ?? "");

    internal static IReadOnlyList<RequiredTool> Missing(string searchPath) =>
        [.. All.Where(tool => Find(tool.Program, searchPath) is null)];

    internal static string? Find(string program, string searchPath) =>
        program.StartsWith('/')
            ? File.Exists(program) ? program : null
            : searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, program))
                .FirstOrDefault(File.Exists);

    internal static void Check()
    {
        IReadOnlyList<RequiredTool> missing = Missing();
        if (missing.Count > 0)
        {
            throw new MissingToolException(missing);
        }
    }

    private static RequiredTool[] ReadList()
    {
        using Stream stream = typeof(RequiredTools).Assembly.GetManifestResourceStream("required-packages")!;
        using StreamReader reader = new(stream);
        return
        [
            .. reader.ReadToEnd().Split('\n')
                .Where(line => line.Length > 0 && line[0] != '#')
                .Select(line => line.Split(' '))
                .Select(words => new RequiredTool(words[0], words[1])),
        ];
    }
}

namespace Viper.Stage;

/// <summary>How a stage is set.</summary>
public sealed record StageOptions
{
    /// <summary>The folder of viperd and viper.</summary>
    public required string Programs { get; init; }

    /// <summary>The folder of built images.</summary>
    public required string Images { get; init; }

    /// <summary>Whether to use the host's network instead of namespaces.</summary>
    public bool UsesHostNetwork { get; init; }

    /// <summary>Whether viperd listens on 127.0.0.1:7777 of its namespace too, as it does where nobody tells it otherwise.</summary>
    public bool ListensOnTcp { get; init; }

    /// <summary>Variables for viperd and viper beside those that the stage sets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The options of a stage for the working tree above <paramref name="folder"/>.</summary>
    public static StageOptions ForTree(string folder)
    {
        for (DirectoryInfo? parent = new(folder); parent is not null; parent = parent.Parent)
        {
            if (File.Exists(Path.Combine(parent.FullName, "Viper.sln")))
            {
                string artifacts = Path.Combine(parent.FullName, "artifacts");
                return new StageOptions { Programs = Path.Combine(artifacts, "dist"), Images = Path.Combine(artifacts, "state", "images") };
            }
        }

        throw new StageException($"No Viper.sln above {folder}.");
    }
}

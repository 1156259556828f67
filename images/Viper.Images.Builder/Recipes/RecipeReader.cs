using Viper.Images.Builder.Tools;

namespace Viper.Images.Builder.Recipes;

/// <summary>Reads recipes, strictly: what is unknown, missing or doubled is an error with its line.</summary>
internal static class RecipeReader
{
    private static readonly string[] s_keys =
        ["name", "description", "kernel", "command-line", "minimum-memory-mib", "agent", "browser", "root-compression", "all-in-one-initramfs"];

    internal static Recipe Read(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RecipeException(path, 0, $"the recipe cannot be read: {exception.Message}");
        }

        return Parse(Path.GetFullPath(path), content);
    }

    internal static Recipe Parse(string path, byte[] content)
    {
        RecipeSections sections = RecipeSections.Parse(path, content);
        Dictionary<string, (RecipeLine Line, string Value)> settings = ReadSettings(sections["image"]);
        Recipe recipe = new()
        {
            Path = path,
            Digest = Digest.Of(content),
            Name = Required(path, settings, "name"),
            Description = Required(path, settings, "description"),
            KernelPackage = Checked(path, settings, "kernel", (line, text) => line.Name(text, "package")),
            KernelCommandLine = Required(path, settings, "command-line"),
            MinimumMemoryMib = ReadMemory(path, settings),
            AgentPath = Checked(path, settings, "agent", (line, text) => line.GuestPath(text)),
            Browser = settings.TryGetValue("browser", out (RecipeLine Line, string Value) browser) ? ReadBrowser(browser.Line, browser.Value) : null,
            Compression = settings.TryGetValue("root-compression", out (RecipeLine Line, string Value) compression) ? ReadCompression(compression.Line, compression.Value) : null,
            AllInOneInitramfs = settings.TryGetValue("all-in-one-initramfs", out (RecipeLine Line, string Value) one) && ReadYesNo(one.Line, one.Value),
            BootModules = ReadNames(sections["boot modules"], "kernel module"),
            LateModules = ReadNames(sections["late modules"], "kernel module"),
            Packages = ReadNames(sections["packages"], "package"),
            Drop = ReadNames(sections["drop"], "package"),
            Prune = new PathPatterns(sections["prune"].Select(ReadPattern)),
            Users = [.. sections["users"].Select(ReadUser)],
            Directories = [.. sections["directories"].Select(ReadDirectory)],
            Links = [.. sections["links"].SelectMany(ReadLinks)],
            Files = [.. sections["files"].Select(ReadFile)],
        };
        return ImageName.IsValid(recipe.Name)
            ? recipe
            : throw settings["name"].Line.Wrong($"'{recipe.Name}' is not a name for an image: lower-case letters, digits and '-', at most {ImageName.MaximumLength}");
    }

    private static Dictionary<string, (RecipeLine Line, string Value)> ReadSettings(IReadOnlyList<RecipeLine> lines)
    {
        Dictionary<string, (RecipeLine Line, string Value)> settings = new(StringComparer.Ordinal);
        foreach (RecipeLine line in lines)
        {
            int equals = line.Text.IndexOf('=');
            string key = equals > 0 ? line.Text[..equals].Trim() : throw line.Wrong($"expected KEY = VALUE, found '{line.Text}'");
            string value = line.Text[(equals + 1)..].Trim();
            if (!s_keys.Contains(key))
            {
                throw line.Wrong($"there is no setting '{key}'; the settings are {string.Join(", ", s_keys)}");
            }

            if (value.Length == 0 || !settings.TryAdd(key, (line, value)))
            {
                throw line.Wrong(value.Length == 0 ? $"'{key}' has no value" : $"'{key}' is there twice");
            }
        }

        return settings;
    }

    private static string Required(string path, Dictionary<string, (RecipeLine Line, string Value)> settings, string key) =>
        settings.TryGetValue(key, out (RecipeLine Line, string Value) setting)
            ? setting.Value
            : throw new RecipeException(path, 0, $"the section [image] does not say '{key}'");

    private static string Checked(
        string path, Dictionary<string, (RecipeLine Line, string Value)> settings, string key, Func<RecipeLine, string, string> check)
    {
        string text = Required(path, settings, key);
        return check(settings[key].Line, text);
    }

    private static int ReadMemory(string path, Dictionary<string, (RecipeLine Line, string Value)> settings)
    {
        string text = Required(path, settings, "minimum-memory-mib");
        return int.TryParse(text, out int memory) && memory is >= 64 and <= 1 << 20
            ? memory
            : throw settings["minimum-memory-mib"].Line.Wrong($"'{text}' is not a number of MiB between 64 and 1048576");
    }

    private static RecipeBrowser ReadBrowser(RecipeLine line, string value)
    {
        string[] words = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 2
            ? new RecipeBrowser(line.Name(words[0], "package"), line.GuestPath(words[1]))
            : throw line.Wrong($"expected browser = PACKAGE PATH, found '{value}'");
    }

    private static string? ReadCompression(RecipeLine line, string value) =>
        value switch
        {
            "none" => null,
            "lz4" => value,
            _ when value.StartsWith("lz4hc,", StringComparison.Ordinal) && int.TryParse(value.AsSpan(6), out int level) && level is >= 1 and <= 12 => value,
            _ => throw line.Wrong($"'{value}' is not a compression: none, lz4, or lz4hc,1 to lz4hc,12"),
        };

    private static bool ReadYesNo(RecipeLine line, string value) =>
        value is "yes" or "no" ? value == "yes" : throw line.Wrong($"expected yes or no, found '{value}'");

    private static string[] ReadNames(IReadOnlyList<RecipeLine> lines, string what)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (RecipeLine line in lines)
        {
            if (!names.Add(line.Name(line.Words(1, $"the name of one {what}")[0], what)))
            {
                throw line.Wrong($"the {what} '{line.Text}' is there twice");
            }
        }

        return [.. names];
    }

    private static string ReadPattern(RecipeLine line)
    {
        string pattern = line.Words(1, "one pattern, such as /usr/share/doc/**")[0];
        return pattern.TrimStart('!').StartsWith('/') ? pattern : throw line.Wrong($"'{pattern}' does not begin with '/'");
    }

    private static RecipeUser ReadUser(RecipeLine line)
    {
        string[] words = line.Words(3, "NAME ID HOME");
        return int.TryParse(words[1], out int id) && id is >= 1 and <= 65533
            ? new RecipeUser(line.Name(words[0], "user"), id, line.GuestPath(words[2]))
            : throw line.Wrong($"'{words[1]}' is not a user's number between 1 and 65533");
    }

    private static RecipeDirectory ReadDirectory(RecipeLine line)
    {
        string[] words = line.Words(2, "PATH MODE");
        return new RecipeDirectory(line.GuestPath(words[0]), line.Mode(words[1]));
    }

    private static RecipeFile ReadFile(RecipeLine line)
    {
        string[] words = line.Words(3, "PATH MODE SOURCE");
        if (words[2].StartsWith('/') || words[2].Split('/').Contains(".."))
        {
            throw line.Wrong($"'{words[2]}' is not a file beside the recipe");
        }

        return new RecipeFile(line.GuestPath(words[0]), line.Mode(words[1]), words[2]);
    }

    // "/usr/bin/{ls,cat} -> busybox" stands for one link per name.
    private static IEnumerable<RecipeLink> ReadLinks(RecipeLine line)
    {
        string[] words = line.Words(3, "PATH -> TARGET");
        if (words[1] != "->")
        {
            throw line.Wrong($"expected PATH -> TARGET, found '{line.Text}'");
        }

        int open = words[0].IndexOf('{');
        int close = words[0].IndexOf('}');
        string[] names = open < 0 && close < 0 ? [""] : open >= 0 && close > open ? words[0][(open + 1)..close].Split(',') : throw line.Wrong("the braces do not match");
        string before = open < 0 ? words[0] : words[0][..open];
        string after = open < 0 ? "" : words[0][(close + 1)..];
        return [.. names.Select(name => new RecipeLink(line.GuestPath(before + name + after), words[2]))];
    }
}

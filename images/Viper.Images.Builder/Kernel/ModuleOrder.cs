namespace Viper.Images.Builder.Kernel;

/// <summary>Works out which modules must be loaded for some wanted ones, each after what it stands on.</summary>
internal sealed class ModuleOrder
{
    private readonly Dictionary<string, string> _files;
    private readonly HashSet<string> _builtin;
    private readonly Func<string, IReadOnlyList<string>> _dependencies;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    internal ModuleOrder(IReadOnlyDictionary<string, string> files, IEnumerable<string> builtin, Func<string, IReadOnlyList<string>> dependencies)
    {
        _files = new Dictionary<string, string>(files, StringComparer.Ordinal);
        _builtin = new HashSet<string>(builtin, StringComparer.Ordinal);
        _dependencies = dependencies;
    }

    /// <summary>The kernel takes '-' and '_' in names for the same.</summary>
    internal static string Normalise(string name) => name.Trim().Replace('-', '_');

    /// <summary>The modules for the wanted ones that no earlier call has given.</summary>
    /// <exception cref="ImageBuildException">The kernel has no such module, or two need each other.</exception>
    internal IReadOnlyList<string> Add(IEnumerable<string> wanted)
    {
        List<string> order = [];
        foreach (string name in wanted)
        {
            Visit(Normalise(name), [], order);
        }

        return order;
    }

    private void Visit(string name, List<string> way, List<string> order)
    {
        if (_taken.Contains(name) || _builtin.Contains(name))
        {
            return;
        }

        if (way.Contains(name))
        {
            throw new ImageBuildException($"Kernel modules need each other in a circle: {string.Join(" -> ", way)} -> {name}.");
        }

        if (!_files.TryGetValue(name, out string? file))
        {
            string by = way.Count == 0 ? "the recipe asks for it" : $"{way[^1]} needs it";
            throw new ImageBuildException($"The kernel package has no module '{name}' ({by}), and it is not built in.");
        }

        way.Add(name);
        foreach (string dependency in _dependencies(file))
        {
            Visit(dependency, way, order);
        }

        way.RemoveAt(way.Count - 1);
        _taken.Add(name);
        order.Add(name);
    }
}

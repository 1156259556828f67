namespace Viper.OpenApiFacts;

/// <summary>A value of a YAML document: a scalar, a mapping or a sequence.</summary>
public sealed class YamlNode
{
    /// <summary>The text of a scalar; null for the other kinds.</summary>
    public string? Scalar { get; init; }

    /// <summary>The entries of a mapping, in their order.</summary>
    public List<KeyValuePair<string, YamlNode>> Entries { get; } = [];

    /// <summary>The items of a sequence.</summary>
    public List<YamlNode> Items { get; } = [];

    /// <summary>The value of a key, or null.</summary>
    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key).Value;

    /// <summary>The text under a key, or null.</summary>
    public string? Text(string key) => this[key]?.Scalar;
}

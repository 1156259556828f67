namespace Viper.Agent.Http;

/// <summary>The headers of one message, in the order they came.</summary>
internal sealed class HttpHeaders
{
    private readonly List<KeyValuePair<string, string>> _fields = new(12);

    internal int Count => _fields.Count;

    internal void Add(string name, string value) => _fields.Add(new(name, value));

    /// <summary>Gets the value of a header; null when it is absent. Of several, all, joined by commas (RFC 9110, 5.3).</summary>
    internal string? this[string name]
    {
        get
        {
            string? found = null;
            foreach (var (field, value) in _fields)
            {
                if (field.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    found = found is null ? value : $"{found}, {value}";
                }
            }

            return found;
        }
    }

    internal int CountOf(string name)
    {
        var count = 0;
        foreach (var (field, _) in _fields)
        {
            count += field.Equals(name, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Says whether a header's comma-separated list holds a token, without regard to case.</summary>
    internal bool HasToken(string name, string token)
    {
        var list = this[name].AsSpan();
        foreach (var range in list.Split(','))
        {
            if (list[range].Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}

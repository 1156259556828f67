namespace Viper.Contracts;

/// <summary>The spelling of JSON Pointers in URI fragments (RFC 6901 §6).</summary>
public static class JsonPointer
{
    /// <summary>A member's name as one token of a pointer.</summary>
    public static string Escape(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string token = name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        return Uri.EscapeDataString(token);
    }
}

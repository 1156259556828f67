namespace Viper.Contracts;

/// <summary>The rule for a VM's name: a DNS label of lower-case letters, digits and inner hyphens, 1 to 42 characters.</summary>
public static class VmName
{
    /// <summary>The rule as a regular expression.</summary>
    public const string Pattern = "^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$";

    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 42;

    /// <summary>Whether <paramref name="name"/> keeps the rule.</summary>
    public static bool IsValid(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxLength || name[0] == '-' || name[^1] == '-')
        {
            return false;
        }

        foreach (char c in name)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
            {
                return false;
            }
        }

        return true;
    }
}

using System.Text;

using Viper.Net.Interop;

namespace Viper.Net;

/// <summary>The rules for names of network interfaces.</summary>
public static class LinkName
{
    /// <summary>Most bytes that a name may have (IFNAMSIZ less the closing NUL).</summary>
    public const int MaxLength = LinkConstants.IFNAMSIZ - 1;

    /// <summary>True when the kernel takes the name as it is: 1 to 15 bytes, no slash, colon, space, percent sign or control character, not "." or "..".</summary>
    public static bool IsValid(string? name)
    {
        if (string.IsNullOrEmpty(name) || name is "." or ".." || Encoding.UTF8.GetByteCount(name) > MaxLength)
        {
            return false;
        }

        foreach (char c in name)
        {
            // '%' would make the kernel choose a number.
            if (c is '/' or ':' or '%' || char.IsWhiteSpace(c) || char.IsControl(c))
            {
                return false;
            }
        }

        return true;
    }

    internal static void ThrowIfInvalid(string? name, string parameter)
    {
        if (!IsValid(name))
        {
            throw new ArgumentException(
                $"'{name}' is not an interface name: 1 to {MaxLength} bytes without slash, colon, percent sign or space.", parameter);
        }
    }
}

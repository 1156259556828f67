using System.Globalization;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Which releases are refused. Features are asked for; only known defects are told by the version.</summary>
internal static class VersionFloor
{
    private const string Remedy = "Install v53.0 or later (v51.2 will do) from the project's releases, or choose qemu.";

    /// <summary>Why a release must not be used, or null when it may.</summary>
    /// <param name="text">What the program prints for <c>--version</c>, such as <c>cloud-hypervisor v53.0</c>.</param>
    public static string? WhyRefused(string text)
    {
        if (Parse(text) is not var (major, minor))
        {
            return $"The program says '{text}', which holds no version number. {Remedy}";
        }

        return (major, minor) switch
        {
            (52, _) => $"Cloud Hypervisor v{major}.{minor} is refused: v52 backs guest memory twice, so that a host runs out of it. {Remedy}",
            _ when major < 51 || (major == 51 && minor < 2) =>
                $"Cloud Hypervisor v{major}.{minor} is refused: before v51.2 a guest can break out of its disk " +
                $"(CVE-2026-45782, CVE-2026-27211). {Remedy}",
            _ => null,
        };
    }

    /// <summary>The first number of the text that looks like a version: digits, a dot, digits.</summary>
    internal static (int Major, int Minor)? Parse(string text)
    {
        foreach (string word in text.Split([' ', '\t', '\n', '-', '+', '_'], StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = word.TrimStart('v').Split('.');
            if (parts.Length >= 2
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor))
            {
                return (major, minor);
            }
        }

        return null;
    }
}

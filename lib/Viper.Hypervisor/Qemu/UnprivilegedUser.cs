using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Qemu;

/// <summary>The user that QEMU becomes when this program is root.</summary>
internal static class UnprivilegedUser
{
    private const string Preferred = "viper-vmm";
    private const string Nobody = "65534:65534";

    /// <summary>The value for <c>-runas</c>, or null when this program is not root and cannot change users anyway.</summary>
    public static string? Find() => Libc.geteuid() == 0 ? Choose(File.ReadAllText("/etc/passwd")) : null;

    /// <summary>The service's own user where it exists.</summary>
    public static string Choose(string passwd)
    {
        foreach (ReadOnlySpan<char> line in passwd.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(Preferred + ":", StringComparison.Ordinal))
            {
                return Preferred;
            }
        }

        return Nobody;
    }
}

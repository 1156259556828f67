using System.Globalization;

namespace Viper.Net;

/// <summary>Kernel settings under /proc/sys.</summary>
/// <remarks>Settings below <c>net</c> are those of the calling thread's network namespace. Writing needs root in it.</remarks>
public static class Sysctl
{
    /// <summary>IPv4 packets are forwarded between links: "1" or "0".</summary>
    public const string Ipv4Forward = "net/ipv4/ip_forward";

    /// <summary>Reads a setting, without the line end.</summary>
    /// <param name="key">A path below /proc/sys, such as <see cref="Ipv4Forward"/>.</param>
    /// <exception cref="ArgumentException">The key leads out of /proc/sys.</exception>
    /// <exception cref="IOException">There is no such setting, or it is not readable.</exception>
    public static string Read(string key) => File.ReadAllText(PathOf(key)).TrimEnd('\n');

    /// <summary>Writes a setting.</summary>
    /// <exception cref="ArgumentException">The key leads out of /proc/sys.</exception>
    /// <exception cref="IOException">There is no such setting, or it does not take that value.</exception>
    /// <exception cref="UnauthorizedAccessException">It is not ours to change.</exception>
    public static void Write(string key, string value)
    {
        using FileStream file = new(PathOf(key), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(value));
    }

    /// <summary>Reads a setting that is a switch.</summary>
    /// <exception cref="FormatException">It is not a number.</exception>
    public static bool ReadFlag(string key) => int.Parse(Read(key), CultureInfo.InvariantCulture) != 0;

    /// <summary>Writes a setting that is a switch.</summary>
    public static void WriteFlag(string key, bool value) => Write(key, value ? "1" : "0");

    private static string PathOf(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key[0] == '/' || key.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw new ArgumentException($"'{key}' is not a path below /proc/sys.", nameof(key));
        }

        return "/proc/sys/" + key;
    }
}

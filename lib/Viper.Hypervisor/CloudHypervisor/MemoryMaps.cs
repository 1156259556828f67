using System.Buffers;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>What a process has mapped, for verifying how guest memory came about (proc_pid_maps(5)).</summary>
internal static class MemoryMaps
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    /// <summary>How a process maps a file.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="path">The absolute path of the file.</param>
    /// <returns>The sum of its mappings; all zero when it maps nothing of the file, null when the process cannot be looked at.</returns>
    public static FileMapping? Of(int pid, string path)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            return Read(File.ReadLines($"/proc/{pid}/maps"), NameOf(file, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads the lines of <c>maps</c>.</summary>
    internal static FileMapping Read(IEnumerable<string> lines, string path)
    {
        long privateBytes = 0;
        long sharedBytes = 0;
        foreach (string line in lines)
        {
            // 7f00-7f10 rw-p 00000000 fe:00 1234      /path of the file
            int space = line.IndexOf(' ');
            int dash = line.IndexOf('-');
            if (dash <= 0 || dash > space || space + 5 > line.Length || !IsAddress(line.AsSpan(0, dash)))
            {
                continue;
            }

            int name = line.IndexOf('/');
            bool inFile = name >= 0 && line.AsSpan(name).SequenceEqual(path);
            if (!inFile || !TryLength(line.AsSpan(0, space), dash, out long length))
            {
                continue;
            }

            if (line[space + 4] == 'p')
            {
                privateBytes += length;
            }
            else
            {
                sharedBytes += length;
            }
        }

        return new FileMapping(privateBytes, sharedBytes);
    }

    // The kernel knows the file by the path without links.
    private static string NameOf(SafeFileHandle file, string path) =>
        new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget ?? path;

    private static bool IsAddress(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(s_digits);

    private static bool TryLength(ReadOnlySpan<char> range, int dash, out long length)
    {
        bool read = ulong.TryParse(range[..dash], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong first)
            & ulong.TryParse(range[(dash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong end);
        length = read && end >= first && end - first <= long.MaxValue ? (long)(end - first) : 0;
        return length > 0;
    }
}

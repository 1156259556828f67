using System.Runtime.CompilerServices;

namespace Viper.Orchestration.Internal;

/// <summary>Reads the end of a log that is still being written.</summary>
internal static class LogTail
{
    private const int MaxTailBytes = 8 * 1024 * 1024;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    /// <summary>The last lines of a file, then, if asked, each further line until <paramref name="isOver"/>. A missing file is an empty one.</summary>
    public static async IAsyncEnumerable<string> ReadAsync(
        string path, int tailLines, bool follow, Func<bool> isOver, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long position = 0;
        Queue<string> tail = new();
        foreach (string line in ReadFrom(path, ref position, MaxTailBytes))
        {
            tail.Enqueue(line);
            if (tail.Count > tailLines)
            {
                tail.Dequeue();
            }
        }

        foreach (string line in tail)
        {
            yield return line;
        }

        while (follow && !isOver())
        {
            await Task.Delay(s_look, time, cancellationToken).ConfigureAwait(false);
            foreach (string line in ReadFrom(path, ref position, int.MaxValue))
            {
                yield return line;
            }
        }
    }

    /// <summary>The whole lines behind <paramref name="position"/>, which moves behind the last of them; a rotated file starts anew.</summary>
    private static List<string> ReadFrom(string path, ref long position, int atMost)
    {
        List<string> lines = [];
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return lines;
        }

        using (file)
        {
            long length = file.Length;
            if (length < position)
            {
                position = 0;
            }

            position = Math.Max(position, length - atMost);
            file.Position = position;
            byte[] bytes = new byte[(int)Math.Min(length - position, MaxTailBytes)];
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            int start = 0;
            for (int i; (i = bytes.AsSpan(start, read - start).IndexOf((byte)'\n')) >= 0; start += i + 1)
            {
                lines.Add(System.Text.Encoding.UTF8.GetString(bytes, start, i).TrimEnd('\r'));
            }

            position += start;
        }

        return lines;
    }
}

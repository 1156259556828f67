using System.Buffers.Text;

namespace Viper.Hypervisor.Processes;

/// <summary>The two fields of /proc/PID/stat that identity needs: 3 (state) and 22 (start time).</summary>
internal readonly record struct ProcessStat(char State, long StartTicks)
{
    private const int FieldsAfterNameToStartTime = 19;

    public bool HasEnded => State is 'Z' or 'X' or 'x';

    public static bool TryRead(int pid, out ProcessStat stat)
    {
        try
        {
            return TryParse(File.ReadAllBytes($"/proc/{pid}/stat"), out stat);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No such process, or it ended between open and read (ESRCH).
            stat = default;
            return false;
        }
    }

    // pid (name) state ppid … starttime …; the name may hold spaces and parentheses, so its end is the last ')'.
    public static bool TryParse(ReadOnlySpan<byte> text, out ProcessStat stat)
    {
        stat = default;
        int nameEnd = text.LastIndexOf((byte)')');
        if (nameEnd < 0 || nameEnd + 3 >= text.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[(nameEnd + 2)..];
        char state = (char)rest[0];
        for (int i = 0; i < FieldsAfterNameToStartTime; i++)
        {
            int space = rest.IndexOf((byte)' ');
            if (space < 0)
            {
                return false;
            }

            rest = rest[(space + 1)..];
        }

        // The field must be followed by another, so a cut line is not taken for a shorter number.
        int end = rest.IndexOf((byte)' ');
        if (end <= 0 || !Utf8Parser.TryParse(rest[..end], out long ticks, out int used) || used != end)
        {
            return false;
        }

        stat = new ProcessStat(state, ticks);
        return true;
    }
}

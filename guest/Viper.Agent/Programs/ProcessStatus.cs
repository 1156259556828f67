using System.Buffers.Text;

namespace Viper.Agent.Programs;

/// <summary>What <c>/proc/PID/status</c> says (proc_pid_status(5)).</summary>
internal readonly ref struct ProcessStatus
{
    /// <summary>Enough for all lines that are read here, with the few groups that programs of ours have.</summary>
    internal const int Size = 4096;

    private readonly ReadOnlySpan<byte> _text;

    internal ProcessStatus(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>Gets a value indicating whether it has ended and its parent has not taken leave of it.</summary>
    internal bool IsDead => Line("\nState:\t"u8) is [(byte)'Z' or (byte)'X', ..];

    internal bool HasUser(uint user) => Utf8Parser.TryParse(Line("\nUid:\t"u8), out uint real, out _) && real == user;

    /// <summary>Says whether one of its groups is one of so many, from the first on.</summary>
    internal bool HasGroup(uint first, uint count)
    {
        var line = Line("\nGroups:\t"u8);
        while (Utf8Parser.TryParse(line, out uint group, out var length))
        {
            if (group - first < count)
            {
                return true;
            }

            line = line[length..].TrimStart((byte)' ');
        }

        return false;
    }

    private ReadOnlySpan<byte> Line(ReadOnlySpan<byte> name)
    {
        var at = _text.IndexOf(name);
        if (at < 0)
        {
            return default;
        }

        var rest = _text[(at + name.Length)..];
        var end = rest.IndexOf((byte)'\n');
        return end < 0 ? rest : rest[..end];
    }
}

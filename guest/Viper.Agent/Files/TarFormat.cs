namespace Viper.Agent.Files;

/// <summary>Where things stand in a header of a tar archive (POSIX.1-2017, pax: "ustar Interchange Format").</summary>
internal static class TarFormat
{
    internal const int BlockSize = 512;
    internal const int NameSize = 100;
    internal const int ModeAt = 100;
    internal const int UserAt = 108;
    internal const int GroupAt = 116;
    internal const int SizeAt = 124;
    internal const int TimeAt = 136;
    internal const int SumAt = 148;
    internal const int TypeAt = 156;
    internal const int LinkAt = 157;
    internal const int MagicAt = 257;
    internal const int PrefixAt = 345;
    internal const int PrefixSize = 155;

    /// <summary>The size of mode, user, group and checksum.</summary>
    internal const int ShortSize = 8;

    /// <summary>The size of size and time.</summary>
    internal const int LongSize = 12;

    /// <summary>The largest size that eleven octal digits tell.</summary>
    internal const long MaxOctal = 0x1_ffff_ffff;

    internal const byte File = (byte)'0';
    internal const byte HardLink = (byte)'1';
    internal const byte Symlink = (byte)'2';
    internal const byte Folder = (byte)'5';
    internal const byte Extended = (byte)'x';

    internal static long Padding(long size) => (BlockSize - (size % BlockSize)) % BlockSize;

    /// <summary>Adds up a header's bytes, its checksum's own counted as spaces.</summary>
    internal static int Sum(ReadOnlySpan<byte> header)
    {
        var sum = 0;
        for (var i = 0; i < BlockSize; i++)
        {
            sum += i is >= SumAt and < SumAt + ShortSize ? ' ' : header[i];
        }

        return sum;
    }
}

using System.Text;
using Viper.Agent.Actions;

namespace Viper.Agent.Files;

/// <summary>
/// A path below the folder of files: bytes, as the kernel has them, without a slash at either end; empty for the folder itself.
/// A leading slash means the folder too, as after chroot(2).
/// </summary>
internal readonly struct GuestPath
{
    /// <summary>The kernel's PATH_MAX, without its NUL.</summary>
    internal const int MaxLength = 4095;

    private readonly byte[]? _bytes;

    private GuestPath(byte[] bytes) => _bytes = bytes;

    internal ReadOnlySpan<byte> Bytes => _bytes;

    internal bool IsRoot => Bytes.IsEmpty;

    /// <summary>Gets the folder that it is in.</summary>
    internal GuestPath Parent => new(Bytes[..Math.Max(0, Bytes.LastIndexOf((byte)'/'))].ToArray());

    internal ReadOnlySpan<byte> Name => Bytes[(Bytes.LastIndexOf((byte)'/') + 1)..];

    /// <summary>Reads a path as it stands in a URL, percent signs and all.</summary>
    /// <exception cref="FieldException">It is not a path, or climbs.</exception>
    internal static GuestPath Decode(string member, ReadOnlySpan<char> text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                // The target of a request is ASCII.
                bytes.Add((byte)text[i]);
            }
            else if (i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes.Add(Convert.FromHexString(text.Slice(i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                throw new FieldException(member, "format", $"{member} holds a percent sign that encodes nothing.");
            }
        }

        return Check(member, [.. bytes]);
    }

    /// <summary>Reads a path as it stands in JSON.</summary>
    /// <exception cref="FieldException">It is missing, not a path, or climbs.</exception>
    internal static GuestPath OfText(string member, string? text) => Check(
        member, Encoding.UTF8.GetBytes(text ?? throw new FieldException(member, "required", $"The path ({member}) is missing.")));

    /// <exception cref="FieldException">It is not a path, or climbs.</exception>
    internal static GuestPath Check(string member, ReadOnlySpan<byte> bytes)
    {
        var clean = new List<byte>(bytes.Length);
        foreach (var range in bytes.Split((byte)'/'))
        {
            var name = bytes[range];
            if (name.SequenceEqual(".."u8) || name.Contains((byte)0))
            {
                throw new FieldException(member, "format", $"The path ({member}) has '..' or a NUL byte in it.");
            }

            if (!name.IsEmpty && !name.SequenceEqual("."u8))
            {
                clean.AddRange(clean.Count > 0 ? "/"u8 : default);
                clean.AddRange(name);
            }
        }

        return clean.Count <= MaxLength
            ? new GuestPath([.. clean])
            : throw new FieldException(member, "range", $"The path ({member}) is longer than {MaxLength} bytes.");
    }

    internal GuestPath Join(ReadOnlySpan<byte> name) => new(IsRoot ? name.ToArray() : [.. Bytes, (byte)'/', .. name]);

    /// <summary>Gets the names on the way, from the folder of files on.</summary>
    internal IEnumerable<GuestPath> Ancestors()
    {
        for (var at = 0; at < Bytes.Length; at++)
        {
            if (Bytes[at] == (byte)'/')
            {
                yield return new GuestPath(Bytes[..at].ToArray());
            }
        }
    }

    /// <summary>The bytes with a NUL behind them, as the kernel takes names; a dot for the folder itself.</summary>
    internal byte[] ToNative() => IsRoot ? [(byte)'.', 0] : [.. Bytes, 0];

    public override string ToString() => Encoding.UTF8.GetString(Bytes);
}

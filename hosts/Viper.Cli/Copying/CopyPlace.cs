namespace Viper.Cli.Copying;

/// <summary>One side of a copy: a path of this machine, of a VM (<c>NAME:PATH</c>), or <c>-</c> for an archive on standard input or output.</summary>
internal readonly record struct CopyPlace(string? Vm, string Path)
{
    internal bool IsStream => Vm is null && Path == "-";

    /// <summary>Reads a place. What has a slash before its first colon, or begins with a dot, is of this machine.</summary>
    internal static CopyPlace Parse(string text)
    {
        int colon = text.IndexOf(':');
        bool isLocal = colon <= 0 || text[0] == '.' || text.IndexOf('/') is >= 0 and int slash && slash < colon;
        return isLocal ? new CopyPlace(null, text) : new CopyPlace(text[..colon], text[(colon + 1)..]);
    }
}

using Viper.Agent.Interop;

namespace Viper.Agent.Files;

/// <summary>Reads where symbolic links point.</summary>
internal static class LinkTarget
{
    /// <summary>Reads a link's target; empty when it is none any more.</summary>
    /// <param name="holder">The link itself, opened with O_PATH, or the folder that it is in.</param>
    /// <param name="path">The link's path.</param>
    internal static unsafe byte[] Read(FileDescriptor holder, GuestPath path)
    {
        var target = stackalloc byte[GuestPath.MaxLength + 1];
        fixed (byte* name = FileRoot.NameOf(path).ToNative())
        {
            byte nothing = 0;
            var length = Libc.readlinkat(holder.Number, &nothing, target, GuestPath.MaxLength + 1);
            length = length >= 0 ? length : Libc.readlinkat(holder.Number, name, target, GuestPath.MaxLength + 1);
            return length > 0 ? new ReadOnlySpan<byte>(target, (int)length).ToArray() : [];
        }
    }
}

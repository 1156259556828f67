namespace Viper.Agent.Files;

/// <summary>One entry of a tar archive.</summary>
internal sealed record TarEntry(byte Type, byte[] Name, byte[] Link, long Size, uint Mode, long ModifiedAt)
{
    internal bool IsFolder => Type == TarFormat.Folder || (Type == TarFormat.File && Name is [.., (byte)'/']);
}

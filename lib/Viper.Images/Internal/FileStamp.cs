namespace Viper.Images;

/// <summary>
/// What changes when a file's bytes change or another file takes its place. The change time cannot be set back by a
/// program, so a stamp that still holds means that the bytes do.
/// </summary>
internal sealed record FileStamp(ulong Device, ulong Inode, long Size, long ModifiedNs, long ChangedNs);

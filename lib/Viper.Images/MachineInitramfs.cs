namespace Viper.Images;

/// <summary>The initramfs of one VM: the image's own, followed by a small archive with what only this VM may know.</summary>
public static class MachineInitramfs
{
    private const int BlockSize = 512;

    /// <summary>The path of the token in the archive; init moves it to <c>/run/viper/token</c>.</summary>
    public const string TokenPath = "viper/token";

    /// <summary>The path of the agent's settings in the archive; init moves them to <c>/run/viper/config.json</c>.</summary>
    public const string SettingsPath = "viper/config.json";

    /// <summary>Writes the initramfs of one VM to a new file that its owner alone can read.</summary>
    /// <param name="initramfsPath">The image's initramfs.</param>
    /// <param name="destination">The file to make; it must not exist.</param>
    /// <param name="token">The VM's token as text, without a line end; at most 4,000 bytes.</param>
    /// <param name="settings">The agent's settings, no secrets, at most 65,000 bytes; empty for none.</param>
    /// <exception cref="IOException">A file cannot be read or written, or the destination exists. Nothing is left behind.</exception>
    /// <remarks>The caller deletes the file when the VM is gone. Nothing of the token appears in an error.</remarks>
    public static void Write(string initramfsPath, string destination, ReadOnlySpan<byte> token, ReadOnlySpan<byte> settings)
    {
        ArgumentOutOfRangeException.ThrowIfZero(token.Length, nameof(token));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(token.Length, 4_000, nameof(token));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.Length, 65_000, nameof(settings));
        using FileStream source = new(initramfsPath, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        FileStream target = new(destination, options);
        try
        {
            using (target)
            {
                source.CopyTo(target, 1 << 20);
                // The kernel skips zeros between archives and looks for the next one on a multiple of four.
                target.Write(new byte[(BlockSize - (int)(source.Length % BlockSize)) % BlockSize]);
                WriteArchive(target, token, settings);
            }
        }
        catch
        {
            File.Delete(destination);
            throw;
        }
    }

    private static void WriteArchive(Stream target, ReadOnlySpan<byte> token, ReadOnlySpan<byte> settings)
    {
        CpioWriter archive = new(target);
        archive.AddDirectory("viper", 0b111_000_000);
        archive.AddFile(TokenPath, [.. token, (byte)'\n'], 0b100_000_000);
        if (!settings.IsEmpty)
        {
            archive.AddFile(SettingsPath, settings, 0b100_000_000);
        }

        archive.Finish();
    }
}

namespace Viper.Hypervisor.Serial;

/// <summary>A log file of bounded size with one predecessor, <c>NAME.1</c>.</summary>
/// <remarks>Not thread-safe. A full or broken disk loses output; it never stops the guest, so no error leaves this type.</remarks>
internal sealed class BoundedLog(string path, long limit) : IDisposable
{
    private FileStream? _file;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file ??= Open();
            if (_file.Length > 0 && _file.Length + bytes.Length > limit)
            {
                Rotate();
            }

            _file!.Write(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Close();
        }
    }

    public void Dispose() => Close();

    private FileStream Open() =>
        new(path, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });

    private void Rotate()
    {
        Close();
        File.Move(path, path + ".1", overwrite: true);
        _file = Open();
    }

    private void Close()
    {
        try
        {
            _file?.Dispose();
        }
        catch (IOException)
        {
            // The data is lost either way.
        }

        _file = null;
    }
}

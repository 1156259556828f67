using Viper.Agent.Interop;

namespace Viper.Agent.Browser;

/// <summary>
/// A log file that never takes more than twice its limit: when full, it becomes <c>NAME.1</c> and a new one
/// begins. What cannot be written (a full disk, no such folder) is dropped and counted. Used by one thread.
/// </summary>
internal sealed class BoundedLog : IDisposable
{
    private readonly string _path;
    private readonly long _limit;
    private FileDescriptor? _file;
    private long _size;

    internal BoundedLog(string path, long limit)
    {
        _path = path;
        _limit = limit;
        _file = Open(Libc.O_APPEND);
        _size = _file is null ? 0 : new FileInfo(path).Length;
    }

    /// <summary>Gets how many bytes were lost.</summary>
    internal long Dropped { get; private set; }

    internal void Write(ReadOnlySpan<byte> data)
    {
        if (_size + data.Length > _limit)
        {
            Rotate();
        }

        if (_file is null || data.Length > _limit || !_file.TryWrite(data))
        {
            Dropped += data.Length;
            return;
        }

        _size += data.Length;
    }

    public void Dispose() => _file?.Dispose();

    private void Rotate()
    {
        _file?.Dispose();
        try
        {
            File.Move(_path, _path + ".1", overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The new file then begins by emptying this one.
        }

        _file = Open(Libc.O_TRUNC);
        _size = 0;
    }

    private FileDescriptor? Open(int flags) =>
        FileDescriptor.TryOpen(_path, Libc.O_WRONLY | Libc.O_CREAT | flags, Convert.ToUInt32("640", 8));
}

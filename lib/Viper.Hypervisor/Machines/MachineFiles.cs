using System.Runtime.InteropServices;
using System.Text;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Machines;

/// <summary>The folders, sockets and logs of one machine, and what of them was made for it.</summary>
/// <remarks>Not thread-safe; used by the start of a machine, then by its end.</remarks>
internal sealed class MachineFiles
{
    private const int TailLimit = 4096;

    private readonly List<string> _sockets = [];
    private readonly List<string> _madeLogs = [];
    private readonly List<string> _madeDirectories = [];

    public MachineFiles(MachineSpec spec)
    {
        Spec = spec;
        VmmLog = Path.Combine(spec.LogDirectory, "vmm.log");
        SerialLog = Path.Combine(spec.LogDirectory, "serial.log");
    }

    public MachineSpec Spec { get; }

    public string VmmLog { get; }

    public string SerialLog { get; }

    /// <summary>Makes the folders and opens the VMM's log, which the caller owns.</summary>
    public SafeFd Prepare()
    {
        try
        {
            Make(Spec.RunDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Make(Spec.LogDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MachineSpecException(nameof(Spec.RunDirectory), $"The folders of the machine '{Spec.Name}' could not be made: {e.Message}", e);
        }

        foreach (string log in (string[])[VmmLog, SerialLog])
        {
            if (!File.Exists(log))
            {
                _madeLogs.Add(log);
            }
        }

        SafeFd fd = new(Libc.open(VmmLog, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_CLOEXEC, 0x180));
        return fd.IsInvalid
            ? throw new MachineSpecException(
                nameof(Spec.LogDirectory), $"The log '{VmmLog}' could not be opened: {Marshal.GetLastPInvokeErrorMessage()}.")
            : fd;
    }

    /// <summary>The path of a socket of this machine; a stale file there is removed, a live one is an error.</summary>
    public string ClaimSocket(string name)
    {
        string path = Path.Combine(Spec.RunDirectory, name);
        MachineSpecValidator.CheckSocketPath(path);
        if (File.Exists(path))
        {
            if (UnixListener.IsLive(path))
            {
                throw new MachineSpecException(
                    nameof(Spec.RunDirectory),
                    $"The machine '{Spec.Name}' cannot be started: another VMM listens on '{path}'. Stop it, or choose another folder.");
            }

            File.Delete(path);
        }

        _sockets.Add(path);
        return path;
    }

    /// <summary>Names a further file that the VMM makes and leaves behind.</summary>
    public void AlsoRemove(string path) => _sockets.Add(path);

    /// <summary>The last lines of the VMM's log.</summary>
    public string ReadTail()
    {
        try
        {
            using FileStream log = new(VmmLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            log.Position = Math.Max(0, log.Length - TailLimit);
            byte[] bytes = new byte[TailLimit];
            int count = log.ReadAtLeast(bytes, TailLimit, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(bytes, 0, count).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Removes the sockets, and the folder of the sockets if it was made here and is empty. Logs stay.</summary>
    public void RemoveSockets()
    {
        _sockets.ForEach(TryDelete);
        if (_madeDirectories.Contains(Spec.RunDirectory))
        {
            TryDeleteDirectory(Spec.RunDirectory);
        }
    }

    /// <summary>Removes everything that was made here.</summary>
    public void RemoveAll()
    {
        _sockets.ForEach(TryDelete);
        _madeLogs.ForEach(TryDelete);

        // The deepest first.
        for (int i = _madeDirectories.Count - 1; i >= 0; i--)
        {
            TryDeleteDirectory(_madeDirectories[i]);
        }
    }

    private void Make(string path, UnixFileMode mode)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        if (Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            Make(parent, mode);
        }

        Directory.CreateDirectory(path, mode);
        _madeDirectories.Add(path);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder is gone, or no longer ours to change.
        }
    }

    private static void TryDeleteDirectory(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not empty: somebody else uses it.
        }
    }
}

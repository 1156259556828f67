using System.Runtime.InteropServices;
using System.Text;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Machines;

/// <summary>The folders, sockets, logs and control group of one machine, and what of them was made for it.</summary>
/// <remarks>Not thread-safe but for the removal of the sockets; used by the start of a machine, then by its end.</remarks>
internal sealed class MachineFiles
{
    /// <summary>The name of the pipe that carries what the VMM prints.</summary>
    public const string OutputPipe = "vmm.out";

    private const int TailLimit = 4096;

    private readonly List<string> _sockets = [];
    private readonly List<string> _madeLogs = [];
    private readonly List<string> _madeDirectories = [];
    private readonly Lock _removal = new();
    private OutputLog? _output;
    private bool _removed;

    public MachineFiles(MachineSpec spec)
    {
        Spec = spec;
        VmmLog = Path.Combine(spec.LogDirectory, "vmm.log");
        SerialLog = Path.Combine(spec.LogDirectory, "serial.log");

        // The group of that name may be another machine's until this one has made or taken over its own.
        Group = Cgroup.Find(CgroupHost.Unusable("the process has not been spawned"), Cgroup.NameOf(spec.RunDirectory));
    }

    public MachineSpec Spec { get; }

    public string VmmLog { get; }

    public string SerialLog { get; }

    /// <summary>The control group of the VMM; none before <see cref="MakeGroup"/> and <see cref="TakeOver"/>.</summary>
    public Cgroup Group { get; private set; }

    /// <summary>Makes the folders and the log of what the VMM prints; gives the descriptor for the VMM, which the caller owns.</summary>
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

        foreach (string log in (string[])[VmmLog, VmmLog + ".1", SerialLog, SerialLog + ".1"])
        {
            if (!File.Exists(log))
            {
                _madeLogs.Add(log);
            }
        }

        CheckLog();
        string pipe = Path.Combine(Spec.RunDirectory, OutputPipe);
        if (OutputLog.IsHeld(pipe))
        {
            throw new MachineSpecException(
                nameof(Spec.RunDirectory),
                $"The machine '{Spec.Name}' cannot be started: another VMM lives in '{Spec.RunDirectory}'. Stop it, or choose another folder.");
        }

        TryDelete(pipe);
        _sockets.Add(pipe);
        _output = OutputLog.Make(pipe, VmmLog);
        return OutputLog.OpenPipe(pipe);
    }

    /// <summary>Makes the control group with the limits of the description.</summary>
    public Cgroup MakeGroup() =>
        Group = Cgroup.Make(
            CgroupHost.Shared, Cgroup.NameOf(Spec.RunDirectory), Spec.Limits, [.. Spec.Disks.Select(static disk => disk.Path)]);

    /// <summary>Takes over what an earlier program made: the named files of the run folder, the log, the control group.</summary>
    public void TakeOver(IReadOnlyList<string> names, int? pid)
    {
        Group = Cgroup.Find(CgroupHost.Shared, Cgroup.NameOf(Spec.RunDirectory));
        if (pid is not null)
        {
            Group.Recognise(pid.Value, Spec.Limits);
        }

        _madeDirectories.Add(Path.TrimEndingDirectorySeparator(Spec.RunDirectory));
        string pipe = Path.Combine(Spec.RunDirectory, OutputPipe);
        _sockets.Add(pipe);
        foreach (string name in names)
        {
            _sockets.Add(Path.Combine(Spec.RunDirectory, name));
        }

        if (File.Exists(pipe))
        {
            _output = OutputLog.Reopen(pipe, VmmLog);
        }
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

    /// <summary>Takes the last of what the dead VMM printed, and closes its log.</summary>
    public void FinishOutput() => _output?.Dispose();

    /// <summary>The last lines of the VMM's log.</summary>
    public string ReadTail()
    {
        _output?.Drain();
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

    /// <summary>Removes the sockets of a VMM that has agreed to end, while it ends; does nothing once it has.</summary>
    /// <remarks>The pipe stays to the last: it tells the next start whether somebody still lives in the folder.</remarks>
    public void RemoveSocketsEarly()
    {
        lock (_removal)
        {
            // Afterwards the paths may be those of the next machine.
            if (!_removed)
            {
                _sockets.FindAll(static path => !IsOutputPipe(path)).ForEach(TryDelete);
                _sockets.RemoveAll(static path => !IsOutputPipe(path));
            }
        }
    }

    /// <summary>Removes the sockets, and the folder of the sockets if it was made here and is empty. Logs stay.</summary>
    public void RemoveSockets()
    {
        lock (_removal)
        {
            _removed = true;
            _sockets.ForEach(TryDelete);
            if (_madeDirectories.Contains(Spec.RunDirectory))
            {
                TryDeleteDirectory(Spec.RunDirectory);
            }
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

    private static bool IsOutputPipe(string path) => path.EndsWith("/" + OutputPipe, StringComparison.Ordinal);

    // A log that cannot be written is told at the start, not found missing after a crash.
    private void CheckLog()
    {
        using SafeFd log = new(Libc.open(VmmLog, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_CLOEXEC, 0x180));
        if (log.IsInvalid)
        {
            throw new MachineSpecException(
                nameof(Spec.LogDirectory), $"The log '{VmmLog}' could not be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
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

using System.Globalization;

namespace Viper.Hypervisor.Processes;

/// <summary>How a process gets into its group.</summary>
internal sealed partial class Cgroup
{
    private const int LittleRoom = 16;

    private bool _takesSpawner;

    /// <summary>Spawns a process that is in the group, under version 1 from its first instruction on.</summary>
    /// <remarks>
    /// To move a whole process, the kernel waits until no thread of the host is between fork and exec (cgroup_threadgroup_rwsem, some
    /// 15 ms of RCU). Under version 1 a thread may join alone and at once, and its children begin where it is; so a thread of its own
    /// joins, spawns and ends, and nobody has to come back. Under version 2 a thread cannot leave its process's group.
    /// </remarks>
    public ChildProcess Spawn(ProcessStart start)
    {
        bool isInside = false;
        ChildProcess child = _host.Version == CgroupVersion.V1 && _takesSpawner
            ? ProcessSpawner.Spawn(start, () => isInside = TryJoin())
            : ProcessSpawner.Spawn(start);
        if (!isInside)
        {
            Admit(child.Identity.Pid);
        }

        return child;
    }

    /// <summary>Puts a process in, with all its threads; one that has just ended is left alone.</summary>
    public void Admit(int pid)
    {
        try
        {
            string text = pid.ToString(CultureInfo.InvariantCulture);
            foreach (string folder in _folders)
            {
                File.WriteAllText(Path.Combine(folder, "cgroup.procs"), text);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // ESRCH: it has ended, which its pidfd tells. Anything else means that no limit holds, so none is claimed.
            Confinement = Confinement with
            {
                MemoryLimited = false,
                CpuLimited = false,
                ProcessCountLimited = false,
                DiskLimited = false,
                Reason = $"the process could not be put in: {e.Message.TrimEnd('.')}",
            };
        }
    }

    // Of this thread alone; 0 is the writer.
    private bool TryJoin()
    {
        try
        {
            foreach (string folder in _folders)
            {
                File.WriteAllText(Path.Combine(folder, "tasks"), "0");
            }

            return _folders.Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

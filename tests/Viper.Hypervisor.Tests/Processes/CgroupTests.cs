using System.Globalization;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Processes;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Processes;

/// <summary>Control groups of this host, and folders that stand for those it does not have.</summary>
public sealed class CgroupTests : IAsyncDisposable
{
    private readonly ShortFolder _folder = new();
    private readonly SafeFd _log;
    private readonly List<ChildProcess> _processes = [];
    private readonly string _name = $"test-{Guid.NewGuid():N}";

    public CgroupTests() =>
        _log = new SafeFd(Libc.open(_folder["log"], Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_CLOEXEC, 0x180));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _processes.ForEach(process => process.Kill());
        await Task.WhenAll(_processes.Select(process => process.Exited));
        await Cgroup.Find(CgroupHost.Shared, _name).RemoveAsync();
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Make_Limits_AreInForceAndRemovedWithTheGroup()
    {
        SkipWithoutGroups();
        Cgroup group = Cgroup.Make(
            CgroupHost.Shared, _name, new ProcessLimits { MemoryBytes = 64 << 20, CpuWeight = 50, CpuQuota = 0.5, ProcessCount = 8 });

        Assert.Equal("", group.Confinement.Reason);
        Assert.True(group.Confinement.MemoryLimited && group.Confinement.CpuLimited && group.Confinement.ProcessCountLimited);
        string memory = group.Confinement.Version == CgroupVersion.V2 ? "memory.max" : "memory.limit_in_bytes";
        Assert.Contains(group.Confinement.Folders, folder => Read(folder, memory) == $"{64 << 20}");
        Assert.Contains(group.Confinement.Folders, folder => Read(folder, "pids.max") == "8");

        await group.RemoveAsync();
        Assert.All(group.Confinement.Folders, folder => Assert.False(Directory.Exists(folder)));
    }

    [Fact]
    public async Task Admit_TooManyProcesses_ForkFails()
    {
        SkipWithoutGroups();
        Cgroup group = Cgroup.Make(CgroupHost.Shared, _name, new ProcessLimits { ProcessCount = 3 });
        ChildProcess shell = Spawn("read -r _ < \"$0\"; sleep 1000 & sleep 1000 & sleep 1000 & wait");
        group.Admit(shell.Identity.Pid);
        await ReleaseAsync();

        await shell.Exited.WaitAsync(Cancellation);

        Assert.Contains("fork", await File.ReadAllTextAsync(_folder["log"], Cancellation), StringComparison.OrdinalIgnoreCase);
        await group.RemoveAsync();
        Assert.All(group.Confinement.Folders, folder => Assert.False(Directory.Exists(folder)));
    }

    [Fact]
    public async Task Admit_TooMuchMemory_TheKernelEndsTheProcess()
    {
        SkipWithoutGroups();
        Cgroup group = Cgroup.Make(CgroupHost.Shared, _name, new ProcessLimits { MemoryBytes = 16 << 20 });
        ChildProcess shell = Spawn("read -r _ < \"$0\"; exec head -c 100000000 /dev/zero | tail -c 90000000 | wc -c; exit 3");
        group.Admit(shell.Identity.Pid);
        await ReleaseAsync();

        await shell.Exited.WaitAsync(Cancellation);

        Assert.DoesNotContain("90000000", await File.ReadAllTextAsync(_folder["log"], Cancellation));
        await group.RemoveAsync();
    }

    [Fact]
    public async Task Spawn_Child_IsInsideFromTheFirstInstructionAndThisProgramIsNot()
    {
        SkipWithoutGroups();
        Cgroup group = Cgroup.Make(CgroupHost.Shared, _name, new ProcessLimits { MemoryBytes = 64 << 20, CpuQuota = 1, ProcessCount = 17 });

        ChildProcess child = Keep(group.Spawn(Shell("read -r own < /proc/self/cgroup; cat /proc/self/cgroup")));

        await child.Exited.WaitAsync(Cancellation);
        string[] lines = await File.ReadAllLinesAsync(_folder["log"], Cancellation);
        Assert.Equal(group.Confinement.Folders.Count, lines.Count(line => line.EndsWith("/viper/" + _name, StringComparison.Ordinal)));
        Assert.DoesNotContain(_name, await File.ReadAllTextAsync("/proc/self/cgroup", Cancellation));
        Assert.Equal("", group.Confinement.Reason);

        // Whatever is still in it is ended, but never this program.
        await group.RemoveAsync();
        Assert.All(group.Confinement.Folders, folder => Assert.False(Directory.Exists(folder)));
    }

    [Fact]
    public async Task Spawn_LittleRoom_IsPutInAfterwards()
    {
        SkipWithoutGroups();
        Cgroup group = Cgroup.Make(CgroupHost.Shared, _name, new ProcessLimits { ProcessCount = 1 });

        MakeGate();
        ChildProcess child = Keep(group.Spawn(Shell("read -r _ < \"$0\"; sleep 1000 & wait")));
        Assert.Contains(
            group.Confinement.Folders, folder => Read(folder, "cgroup.procs") == child.Identity.Pid.ToString(CultureInfo.InvariantCulture));
        await ReleaseAsync();

        await child.Exited.WaitAsync(Cancellation);
        Assert.Contains("fork", await File.ReadAllTextAsync(_folder["log"], Cancellation), StringComparison.OrdinalIgnoreCase);
        Assert.True(group.Confinement is { ProcessCountLimited: true, Reason: "" });
        await group.RemoveAsync();
    }

    [Fact]
    public async Task Spawn_ProgramIsMissing_IsTheError()
    {
        SkipWithoutGroups();
        Cgroup group = Cgroup.Make(CgroupHost.Shared, _name, ProcessLimits.None);

        Assert.Throws<ProcessSpawnException>(() => group.Spawn(new ProcessStart(_folder["none"], [], _log, [])));

        await group.RemoveAsync();
        Assert.All(group.Confinement.Folders, folder => Assert.False(Directory.Exists(folder)));
    }

    [Fact]
    public async Task Make_DiskLimits_AreThoseOfTheDiskUnderTheFile()
    {
        SkipWithoutGroups();
        Assert.SkipUnless(CgroupHost.Shared.Parents.ContainsKey("io"), "The host has no control groups for disks.");
        string file = BlockDevice.Under([AppContext.BaseDirectory]).Count > 0 ? AppContext.BaseDirectory : "/";
        Assert.SkipUnless(BlockDevice.Under([file]).Count > 0, "No folder of this host is on a block device.");
        string device = BlockDevice.Under([file]).Single();

        Cgroup group = Cgroup.Make(
            CgroupHost.Shared, _name, new ProcessLimits { DiskBytesPerSecond = 1 << 20, DiskOperationsPerSecond = 50 }, file, file);

        Assert.True(group.Confinement is { DiskLimited: true, Reason: "" });
        string[] limits = group.Confinement.Version == CgroupVersion.V2
            ? ["io.max"]
            : ["blkio.throttle.read_bps_device", "blkio.throttle.write_bps_device", "blkio.throttle.read_iops_device", "blkio.throttle.write_iops_device"];
        Assert.All(limits, limit => Assert.Contains(group.Confinement.Folders, folder => Read(folder, limit).StartsWith(device + " ", StringComparison.Ordinal)));
        await group.RemoveAsync();
    }

    [Fact]
    public void Make_DiskInMemory_SaysThatItsLimitDoesNotHold()
    {
        Directory.CreateDirectory(_folder["io"]);
        CgroupHost host = CgroupHost.Probe(new CgroupMounts(null, new Dictionary<string, string> { ["io"] = _folder["io"] }));

        Cgroup group = Cgroup.Make(host, "a", new ProcessLimits { DiskBytesPerSecond = 1 << 20 }, "/proc/self/status");

        Assert.False(group.Confinement.DiskLimited);
        Assert.Contains("no block device", group.Confinement.Reason);
    }

    [Fact]
    public async Task RemoveAsync_ChildrenOfTheDeadProcess_AreEndedToo()
    {
        SkipWithoutGroups();
        Cgroup group = Cgroup.Make(CgroupHost.Shared, _name, ProcessLimits.None);
        ChildProcess shell = Spawn("read -r _ < \"$0\"; sleep 1000 & echo $!; sleep 1000 & echo $!; exit 0");
        group.Admit(shell.Identity.Pid);
        await ReleaseAsync();
        await shell.Exited.WaitAsync(Cancellation);
        int[] orphans = [.. (await File.ReadAllLinesAsync(_folder["log"], Cancellation)).Select(int.Parse)];
        ProcessIdentity[] identities = [.. orphans.Select(pid => ProcessIdentity.Of(pid)!.Value)];

        await group.RemoveAsync();

        Assert.All(identities, identity => Assert.False(identity.IsAlive()));
        Assert.All(group.Confinement.Folders, folder => Assert.False(Directory.Exists(folder)));
    }

    [Fact]
    public async Task RemoveAsync_LeftByAnEarlierProgram_IsFoundByName()
    {
        SkipWithoutGroups();
        Cgroup earlier = Cgroup.Make(CgroupHost.Shared, _name, ProcessLimits.None);
        ChildProcess sleeper = Spawn("exec sleep 1000");
        earlier.Admit(sleeper.Identity.Pid);

        await Cgroup.Find(CgroupHost.Shared, _name).RemoveAsync();

        Assert.Equal(9, (await sleeper.Exited.WaitAsync(Cancellation)).Signal);
        Assert.All(earlier.Confinement.Folders, folder => Assert.False(Directory.Exists(folder)));
    }

    [Fact]
    public async Task ListIn_GroupsOfMachinesThere_AreTheirFolders()
    {
        SkipWithoutGroups();
        string[] mine = [_folder["vms/vm_a"], _folder["vms/vm-b-0"]];
        foreach (string run in (string[])[.. mine, _folder["vms/deeper/vm_c"], _folder["other/vm_d"]])
        {
            Cgroup.Make(CgroupHost.Shared, Cgroup.NameOf(run), new ProcessLimits { ProcessCount = 9, MemoryBytes = 1 << 20 });
        }

        Assert.Equal(mine.Order(), MachineRemains.ListControlGroups(_folder["vms"]).Order());

        foreach (string run in (string[])[.. mine, _folder["vms/deeper/vm_c"], _folder["other/vm_d"]])
        {
            await MachineRemains.RemoveControlGroupAsync(run);
        }

        Assert.Empty(MachineRemains.ListControlGroups(_folder["vms"]));
    }

    [Fact]
    public async Task RemoveAsync_UnifiedHierarchy_EndsMembers()
    {
        CgroupMounts mounts = CgroupMounts.Read();
        Assert.SkipUnless(mounts.Unified is not null && Libc.geteuid() == 0, "The host has no unified hierarchy that this user may change.");

        // Whatever controllers it has: what matters is where the process is.
        CgroupHost unified = CgroupHost.Probe(new CgroupMounts(null, new Dictionary<string, string> { ["pids"] = mounts.Unified! }));
        Cgroup group = Cgroup.Make(unified, _name, ProcessLimits.None);
        ChildProcess sleeper = Spawn("exec sleep 1000");
        group.Admit(sleeper.Identity.Pid);
        Assert.Contains($"0::/viper/{_name}", await File.ReadAllLinesAsync($"/proc/{sleeper.Identity.Pid}/cgroup", Cancellation));

        await group.RemoveAsync();

        Assert.Equal(9, (await sleeper.Exited.WaitAsync(Cancellation)).Signal);
        Assert.False(Directory.Exists(group.Confinement.Folders.Single()));
    }

    [Fact]
    public void Probe_UnifiedWithAllControllers_IsVersion2AndHandsThemDown()
    {
        File.WriteAllText(_folder["cgroup.controllers"], "cpuset cpu io memory hugetlb pids\n");

        CgroupHost host = CgroupHost.Probe(new CgroupMounts(_folder.Path, new Dictionary<string, string>()));

        Assert.Equal(CgroupVersion.V2, host.Version);
        Assert.Equal("+memory +cpu +pids +io", File.ReadAllText(_folder["cgroup.subtree_control"]));
        Assert.Equal("+memory +cpu +pids +io", File.ReadAllText(_folder["viper/cgroup.subtree_control"]));
    }

    [Fact]
    public void Make_Version2_WritesItsFiles()
    {
        File.WriteAllText(_folder["cgroup.controllers"], "cpu memory pids\n");
        CgroupHost host = CgroupHost.Probe(new CgroupMounts(_folder.Path, new Dictionary<string, string>()));

        Cgroup group = Cgroup.Make(host, "a", new ProcessLimits { MemoryBytes = 1 << 20, CpuQuota = 2 });

        string folder = Assert.Single(group.Confinement.Folders);
        Assert.Equal($"{1 << 20}", Read(folder, "memory.max"));
        Assert.Equal("200000 100000", Read(folder, "cpu.max"));
        Assert.True(group.Confinement is { Version: CgroupVersion.V2, MemoryLimited: true, CpuLimited: true, ProcessCountLimited: false, Reason: "" });
    }

    [Fact]
    public void Make_ControllerMissing_SaysWhichLimitDoesNotHold()
    {
        Directory.CreateDirectory(_folder["memory"]);
        CgroupHost host = CgroupHost.Probe(new CgroupMounts(null, new Dictionary<string, string> { ["memory"] = _folder["memory"] }));

        Cgroup group = Cgroup.Make(host, "a", new ProcessLimits { MemoryBytes = 1 << 20, ProcessCount = 5 });

        Assert.True(group.Confinement is { Version: CgroupVersion.V1, MemoryLimited: true, ProcessCountLimited: false });
        Assert.Contains("pids", group.Confinement.Reason);
    }

    [Fact]
    public void Probe_NothingMounted_IsNoneWithTheReason()
    {
        CgroupHost host = CgroupHost.Probe(new CgroupMounts(null, new Dictionary<string, string>()));
        Cgroup group = Cgroup.Make(host, "a", new ProcessLimits { MemoryBytes = 1 << 20 });

        Assert.True(group.Confinement is { Version: CgroupVersion.None, Folders: [], MemoryLimited: false });
        Assert.Contains("mounts no", group.Confinement.Reason);
    }

    [Fact]
    public void Probe_FoldersCannotBeMade_IsNoneWithTheReason()
    {
        CgroupHost host = CgroupHost.Probe(new CgroupMounts(null, new Dictionary<string, string> { ["memory"] = "/proc/1" }));

        Assert.Equal(CgroupVersion.None, host.Version);
        Assert.Contains("cannot be made", host.Reason);
    }

    private static void SkipWithoutGroups() => Assert.SkipWhen(
        CgroupHost.Shared.Version == CgroupVersion.None, $"No control groups here: {CgroupHost.Shared.Reason}.");

    private static string Read(string folder, string file)
    {
        string path = Path.Combine(folder, file);
        return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
    }

    private ChildProcess Spawn(string script)
    {
        MakeGate();
        return Keep(ProcessSpawner.Spawn(Shell(script)));
    }

    private void MakeGate() => Assert.Equal(0, Libc.mkfifo(_folder["gate"], 0x180));

    private ProcessStart Shell(string script) => new("/bin/sh", ["-c", script, _folder["gate"]], _log, []);

    private ChildProcess Keep(ChildProcess process)
    {
        _processes.Add(process);
        return process;
    }

    // Opening waits until the program reads the gate.
    private Task ReleaseAsync() => Task.Run(() => File.WriteAllText(_folder["gate"], "\n"), Cancellation).WaitAsync(Cancellation);
}

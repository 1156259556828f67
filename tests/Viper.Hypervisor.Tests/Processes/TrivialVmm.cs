using Viper.Hypervisor.Processes;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Processes;

/// <summary>Machines of bench/floors/trivial_vmm.c, which cost next to nothing, and what must not be left of them.</summary>
internal sealed class TrivialVmm : IDisposable
{
    private readonly ShortFolder _folder = new();

    private TrivialVmm()
    {
    }

    /// <summary>The folder in which everything is.</summary>
    public string Folder => _folder.Path;

    public string Logs => _folder["log"];

    /// <summary>Prepares a folder with the program.</summary>
    public static async Task<TrivialVmm> MakeAsync()
    {
        TrivialVmm made = new();
        await File.WriteAllBytesAsync(made._folder["kernel"], [0]);
        await made.WriteAsync("qemu");
        return made;
    }

    /// <summary>The hypervisor of a program that goes wrong as its name says.</summary>
    public async Task<IHypervisor> SelectAsync(string name = "qemu")
    {
        await WriteAsync(name);
        return await HypervisorSelection.SelectAsync(
            new HypervisorOptions { Choice = HypervisorChoice.Qemu, QemuPath = _folder[name], Accelerator = AcceleratorChoice.Tcg });
    }

    public MachineSpec Spec(string name = "trivial") => new()
    {
        Name = name,
        KernelPath = _folder["kernel"],
        RunDirectory = _folder[$"run/{name}"],
        LogDirectory = Path.Combine(Logs, name),
        MemoryMib = 32,
        Limits = new ProcessLimits { MemoryBytes = 256 << 20, ProcessCount = 64 },
    };

    /// <summary>The folders of a machine's control group.</summary>
    public static IReadOnlyList<string> Groups(MachineSpec spec) =>
        Cgroup.Find(CgroupHost.Shared, Cgroup.NameOf(spec.RunDirectory)).Confinement.Folders;

    /// <summary>Fails unless process, run folder, sockets and control group of a machine are gone.</summary>
    public static void AssertGone(MachineSpec spec, ProcessIdentity identity)
    {
        Assert.False(identity.IsAlive());
        Assert.False(Directory.Exists(spec.RunDirectory), $"{spec.RunDirectory} remains");
        Assert.All(Groups(spec), group => Assert.False(Directory.Exists(group), $"{group} remains"));
    }

    public void Dispose() => _folder.Dispose();

    private async Task WriteAsync(string name)
    {
        string path = _folder[name];
        if (!File.Exists(path))
        {
            await TrivialVmmProgram.WriteAsync(path);
        }
    }
}

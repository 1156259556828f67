using Viper.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor.Guest;

/// <summary>Descriptions of machines with the tiny guest.</summary>
internal static class TinySpec
{
    /// <summary>A machine whose sockets, logs and kernel are in the folder; the kind is the guest's name for its machine.</summary>
    public static MachineSpec Make(string folder, string kind, string name = "a")
    {
        string kernel = Path.Combine(folder, "tiny.elf");
        if (!File.Exists(kernel))
        {
            File.WriteAllBytes(kernel, TinyGuest.Build());
        }

        return new MachineSpec
        {
            Name = name,
            MemoryMib = 64,
            KernelPath = kernel,
            CommandLine = kind,
            RunDirectory = Path.Combine(folder, name),
            LogDirectory = Path.Combine(folder, name + "-log"),
        };
    }
}

using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor;

/// <summary>What a machine leaves on the host when the program that started it ends before it.</summary>
public static class MachineRemains
{
    /// <summary>Ends every process in the control group of a machine and removes the group; an absent one is fine.</summary>
    /// <remarks>
    /// For a program that cleans up after an earlier one without <see cref="IHypervisor.AdoptAsync"/>, which does this by itself.
    /// What is in the run folder is the caller's to remove. Thread-safe.
    /// </remarks>
    /// <param name="runDirectory">The <see cref="MachineSpec.RunDirectory"/> of the machine.</param>
    public static Task RemoveControlGroupAsync(string runDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(runDirectory);
        return Cgroup.Find(CgroupHost.Shared, Cgroup.NameOf(runDirectory)).RemoveAsync();
    }

    /// <summary>The run folders, there or gone, that lie directly in a folder and whose machines' control groups are there.</summary>
    /// <remarks>Groups of machines elsewhere, of other programs too, are not among them. Thread-safe.</remarks>
    /// <param name="parentDirectory">The folder that holds the machines' run folders.</param>
    public static IReadOnlyList<string> ListControlGroups(string parentDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(parentDirectory);
        return Cgroup.ListIn(CgroupHost.Shared, parentDirectory);
    }
}

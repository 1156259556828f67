namespace Viper.Hypervisor;

/// <summary>Where the process of a machine was put, and which of the limits asked for are in force.</summary>
/// <param name="Version">The kind of control groups.</param>
/// <param name="Folders">The folders of the control group, all of which are removed with the process.</param>
/// <param name="MemoryLimited">Whether <see cref="ProcessLimits.MemoryBytes"/> is in force.</param>
/// <param name="CpuLimited">Whether <see cref="ProcessLimits.CpuWeight"/> and <see cref="ProcessLimits.CpuQuota"/>, those asked for, are in force.</param>
/// <param name="ProcessCountLimited">Whether <see cref="ProcessLimits.ProcessCount"/> is in force.</param>
/// <param name="DiskLimited">Whether <see cref="ProcessLimits.DiskBytesPerSecond"/> and <see cref="ProcessLimits.DiskOperationsPerSecond"/>, those asked for, are in force.</param>
/// <param name="Reason">Why there is no control group, or why a limit asked for is not in force; empty when all is as asked.</param>
public sealed record ProcessConfinement(
    CgroupVersion Version,
    IReadOnlyList<string> Folders,
    bool MemoryLimited,
    bool CpuLimited,
    bool ProcessCountLimited,
    bool DiskLimited,
    string Reason)
{
    /// <summary>No control group that is known.</summary>
    public static ProcessConfinement Unknown { get; } = new(CgroupVersion.None, [], false, false, false, false, "the machine does not tell");
}

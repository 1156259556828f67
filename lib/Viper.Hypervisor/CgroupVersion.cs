namespace Viper.Hypervisor;

/// <summary>Which control groups hold a machine's process.</summary>
public enum CgroupVersion
{
    /// <summary>None: the host offers none, or this program may not make any. No limit is in force.</summary>
    None,

    /// <summary>Version 1: one folder in the hierarchy of each controller.</summary>
    V1,

    /// <summary>Version 2: one folder in the unified hierarchy.</summary>
    V2,
}

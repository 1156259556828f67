namespace Viper.Hypervisor.Processes;

/// <summary>How a process ended: by exit code, by signal, or unknown when both are null.</summary>
internal readonly record struct ProcessExit(int? Code, int? Signal);

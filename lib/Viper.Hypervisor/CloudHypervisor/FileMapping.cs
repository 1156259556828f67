namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>How many bytes of a file a process has mapped.</summary>
/// <param name="PrivateBytes">Privately: what is written stays with the process.</param>
/// <param name="SharedBytes">Shared with the file and with others.</param>
internal readonly record struct FileMapping(long PrivateBytes, long SharedBytes);

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>A vCPU that the guest has yet to give up keeps the VMM from changing their number again.</summary>
internal sealed class PendingRemovalException : Exception;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>Bytes that the VMM's HTTP server refuses by itself.</summary>
internal sealed class MicroHttpException(string message) : Exception(message);

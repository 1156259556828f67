namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The VMM's thread panics: the request is answered by what is left, and the process ends with 1.</summary>
internal sealed class VmmPanicException(string message) : Exception(message);

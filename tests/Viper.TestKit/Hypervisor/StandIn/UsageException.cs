namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>A command line that the program does not take; it ends with 2.</summary>
internal sealed class UsageException(string message) : Exception(message);

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>An answer of the API: its status and its body, which may be empty.</summary>
internal readonly record struct HttpResponse(int Status, byte[] Body, bool KeepAlive);

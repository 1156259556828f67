namespace Viper.Net;

/// <summary>A network namespace that could not be made, entered or deleted.</summary>
public sealed class NetworkNamespaceException : NetException
{
    internal NetworkNamespaceException(string operation, string? target, int errno, string? why = null)
        : base(operation, target, errno, why)
    {
    }
}

namespace Viper.Net;

/// <summary>A tap device that could not be made, opened or deleted.</summary>
public sealed class TapException : NetException
{
    internal TapException(string operation, string? target, int errno, string? why = null)
        : base(operation, target, errno, why)
    {
    }
}

namespace Viper.Net;

/// <summary>A request that the kernel refused over netlink.</summary>
/// <remarks>The socket stays usable.</remarks>
public sealed class NetlinkException : NetException
{
    internal NetlinkException(string operation, string? target, int errno, string? kernelMessage = null, int? offset = null)
        : base(operation, target, errno, kernelMessage)
    {
        KernelMessage = kernelMessage;
        AttributeOffset = offset;
    }

    /// <summary>The kernel's own words (NLMSGERR_ATTR_MSG), or null when it gave none.</summary>
    public string? KernelMessage { get; }

    /// <summary>Where in the request the offending attribute begins, in bytes from its header (NLMSGERR_ATTR_OFFS); null when the kernel did not say.</summary>
    public int? AttributeOffset { get; }
}

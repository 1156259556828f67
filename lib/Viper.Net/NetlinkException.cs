using Viper.Net.Protocol;

namespace Viper.Net;

/// <summary>The kernel refused a netlink request, or the conversation with it broke.</summary>
public sealed class NetlinkException : NetException
{
    internal NetlinkException(
        string operation, string? target, int errno, string? kernelMessage = null, int? offset = null, string? attribute = null)
        : base(operation, target, errno, Words(kernelMessage, attribute))
    {
        KernelMessage = kernelMessage;
        AttributeOffset = offset;
        AttributeName = attribute;
    }

    /// <summary>The kernel's own explanation, where it gave one.</summary>
    public string? KernelMessage { get; }

    /// <summary>Where in the request the attribute is that the kernel objects to, in bytes from its start.</summary>
    public int? AttributeOffset { get; }

    /// <summary>The kernel's name of the attribute that it objects to or misses, below those that hold it: <c>IFLA_LINKINFO/IFLA_INFO_KIND</c>.</summary>
    public string? AttributeName { get; }

    /// <summary>The refusal of a request, with the attribute that the answer points at looked up in it.</summary>
    internal static NetlinkException From(string operation, string? target, Acknowledgement answer, ReadOnlySpan<byte> request)
    {
        string? attribute = answer.Offset is { } offset ? AttributeNames.At(request, offset) : null;
        if (attribute is null && answer.MissingType is { } missing)
        {
            attribute = AttributeNames.Missing(request, missing, answer.MissingNest);
        }

        return new NetlinkException(operation, target, answer.Errno, answer.Message, answer.Offset, attribute);
    }

    private static string? Words(string? message, string? attribute) =>
        attribute is null ? message : message is null ? $"the kernel objects to {attribute}" : $"{message} ({attribute})";
}

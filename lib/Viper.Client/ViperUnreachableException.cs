using System.Net.Sockets;

namespace Viper.Client;

/// <summary>The daemon did not answer, or the connection to it broke; the client stays usable.</summary>
public sealed class ViperUnreachableException : ViperClientException
{
    internal ViperUnreachableException(ViperAddress address, string why, Exception? cause)
        : base(Words(address, why, cause), cause)
    {
        Address = address;
    }

    internal ViperUnreachableException(ViperAddress address, HttpRequestMessage sent, Exception? cause)
        : base(
            $"The daemon at {address} ended the connection before it had answered {sent.Method} {sent.RequestUri!.AbsolutePath}: "
            + $"{(cause?.InnerException ?? cause)?.Message.TrimEnd('.')}. {(sent.Method == HttpMethod.Get ? "Ask again." : "Whether it did what was asked is not known: look before you ask again.")}",
            cause)
    {
        Address = address;
        IsOutcomeUnknown = sent.Method != HttpMethod.Get;
    }

    /// <summary>Where it was looked for.</summary>
    public ViperAddress Address { get; }

    /// <summary>Whether the daemon may have done what was asked: a request that changes things had gone out when the connection broke.</summary>
    public bool IsOutcomeUnknown { get; }

    /// <inheritdoc/>
    public override bool IsTransient => true;

    private static string Words(ViperAddress address, string why, Exception? cause) =>
        cause?.GetBaseException() is SocketException { SocketErrorCode: SocketError.AccessDenied }
            ? $"The daemon's socket {address} may not be used by this user. Run as its owner (sudo), or use the daemon's TCP address, such as http://127.0.0.1:7777, with VIPER_API_BASE or --api-base."
            : $"No daemon answers at {address}: {why}. Start it with 'viperd', or name its address with VIPER_API_BASE or --api-base.";
}

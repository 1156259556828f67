namespace Viper.Client;

/// <summary>The daemon did not answer, or the connection to it broke; the client stays usable.</summary>
public sealed class ViperUnreachableException : ViperClientException
{
    internal ViperUnreachableException(ViperAddress address, string why, Exception? cause)
        : base($"No daemon answers at {address}: {why}. Start it with 'viperd', or name its address with VIPER_API_BASE or --api-base.", cause)
    {
        Address = address;
    }

    /// <summary>Where it was looked for.</summary>
    public ViperAddress Address { get; }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}

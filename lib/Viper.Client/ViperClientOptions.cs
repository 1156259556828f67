namespace Viper.Client;

/// <summary>How a <see cref="ViperClient"/> reaches its daemon.</summary>
public sealed record ViperClientOptions
{
    /// <summary>Where the daemon listens.</summary>
    public required ViperAddress Address { get; init; }

    /// <summary>The daemon's key; null where it asks for none. Sent in the Authorization header and nowhere else.</summary>
    public string? ApiKey { get; init; }

    /// <summary>How long the daemon may take to answer beyond what a call itself waits for; 100 seconds where not set.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How long a connection may take to come about; 5 seconds where not set.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an event stream that broke off is tried again before the daemon counts as gone; 30 seconds where not set.</summary>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The options without the key.</summary>
    public override string ToString() => Address.ToString();
}

namespace Viper.Hypervisor;

/// <summary>Where a machine migrates to, and how.</summary>
public sealed record SendMigrationData
{
    /// <summary><c>unix:PATH</c> or <c>tcp:HOST:PORT</c> where the receiver listens.</summary>
    public required string DestinationUrl { get; init; }

    /// <summary>Whether the memory is handed over as descriptors, between VMMs of one host over a unix socket; off unless set.</summary>
    public bool? Local { get; init; }

    /// <summary>How long the guest may stand still, in milliseconds, at least 1; 300 unless set.</summary>
    public long? DowntimeMs { get; init; }

    /// <summary>How long the whole may take, in seconds, at least 1; 3,600 unless set.</summary>
    public long? TimeoutS { get; init; }

    /// <summary>What happens after that; <see cref="Viper.Hypervisor.TimeoutStrategy.Cancel"/> unless set.</summary>
    public TimeoutStrategy? TimeoutStrategy { get; init; }

    /// <summary>How many TCP connections carry it, 1 to 128; 1 unless set, and always over a unix socket.</summary>
    public int? Connections { get; init; }

    /// <summary>The folder of <c>ca-cert.pem</c>, <c>client-cert.pem</c> and <c>client-key.pem</c>, for tcp; no TLS when null.</summary>
    public string? TlsDir { get; init; }

    /// <summary>When memory goes; <see cref="MigrationMode.Precopy"/> unless set.</summary>
    public MigrationMode? MemoryMode { get; init; }
}

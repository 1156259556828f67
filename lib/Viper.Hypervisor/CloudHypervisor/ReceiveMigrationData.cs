namespace Viper.Hypervisor;

/// <summary>Where a machine that migrates comes in.</summary>
public sealed record ReceiveMigrationData
{
    /// <summary><c>unix:PATH</c> or <c>tcp:HOST:PORT</c>; the VMM listens there.</summary>
    public required string ReceiverUrl { get; init; }

    /// <summary>The folder of <c>server-cert.pem</c>, <c>server-key.pem</c> and <c>ca-cert.pem</c>, for tcp; no TLS when null.</summary>
    public string? TlsDir { get; init; }

    /// <summary>When memory comes; <see cref="MigrationMode.Precopy"/> unless set.</summary>
    public MigrationMode? MemoryMode { get; init; }

    /// <summary>The cards that get new descriptors, in the order in which these are passed; programs that do not know it ignore it.</summary>
    public IReadOnlyList<RestoredNetConfig>? NetFds { get; init; }
}

namespace Viper.Hypervisor;

/// <summary>A port to which firmware writes what it does.</summary>
/// <remarks>The mode File without its path crashes the VMM, so the client refuses it.</remarks>
public sealed record DebugConsoleConfig
{
    /// <summary>Where it leads.</summary>
    public required ConsoleMode Mode { get; init; }

    /// <summary>The path of the file, for <see cref="ConsoleMode.File"/>.</summary>
    public string? File { get; init; }

    /// <summary>The I/O port, 0 to 65,535; 233 unless set.</summary>
    public int? Iobase { get; init; }
}
